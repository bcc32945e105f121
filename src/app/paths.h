/* Where ddc's folders are: from the environment, else the places of the original's image, else beside us. */
#ifndef APP_PATHS_H
#define APP_PATHS_H

enum { PATH_BYTES_MAX = 512 };

struct paths {
	char config[PATH_BYTES_MAX]; /* DDC_CONFIG_DIR, /app/config, ./config */
	char logs[PATH_BYTES_MAX];   /* DDC_LOG_DIR, /app/logs, ./logs; "" if there is none */
};

void paths_find(struct paths *ret_paths);

#endif
