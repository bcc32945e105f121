/* BUG() is for what cannot happen: it prints the sentence with its place and aborts. It is never an answer to
 * input from outside. */
#ifndef BASE_BUG_H
#define BASE_BUG_H

#include <stdio.h>
#include <stdlib.h>

#define BUG(...)                                                                                                       \
	do {                                                                                                           \
		fprintf(stderr, "BUG at %s:%d: ", __FILE__, __LINE__);                                                 \
		fprintf(stderr, __VA_ARGS__);                                                                          \
		fputc('\n', stderr);                                                                                   \
		abort();                                                                                               \
	} while (0)

#endif
