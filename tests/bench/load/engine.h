/* A Docker Engine with running containers named service-0000 and so on, of which one may stop and start. */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stdint.h>

void engine_listen(const char *socket, unsigned containers);
void engine_forget(void);		    /* before the next start of ddc: all run again */
uint64_t engine_toggle(unsigned container); /* it stops or starts; when the event was handed to the kernel, in us */

#endif
