#ifndef APP_MEMORY_COMMAND_H
#define APP_MEMORY_COMMAND_H

/* `ddc memory [--cleanup] [--json]`: asks the running daemon (address from the environment), prints its report. Exit status. */
int memory_command(int argc, char **argv);

#endif
