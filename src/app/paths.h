/* Where ddc's folders are: from the environment, else the places of the original's image, else beside us. */
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include <stdbool.h>

enum { PATH_BYTES_MAX = 512 };

struct paths {
	char config[PATH_BYTES_MAX]; /* DDC_CONFIG_DIR, /app/config, ./config */
	char logs[PATH_BYTES_MAX];   /* DDC_LOG_DIR, /app/logs, ./logs; "" if there is none */
};

void paths_find(struct paths *ret_paths);
/* Where nobody named a folder and none is there, ./config is made: without one nothing is remembered over a restart. A folder that was
 * named may be a mount that has not come up, and is left alone. True if it was made. */
bool paths_make(const struct paths *paths);

#endif
