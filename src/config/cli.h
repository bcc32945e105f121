/* What `ddc config …` and `ddc set-password` do. */
#ifndef CONFIG_CLI_H
#define CONFIG_CLI_H

#include <stdio.h>

/* argv[0] is "config" or "set-password", the rest what follows it. Results go to out, complaints to standard
 * error. Returns the exit status: 0 well, 1 there are problems, 2 not understood. */
int config_cli(int argc, char **argv, FILE *out);

/* For the program's help: one line a command, each ending with a line break. */
extern const char config_cli_usage[];

#endif
