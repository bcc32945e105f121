/* A configuration that the test writes down by hand, without files. */
#ifndef TESTS_UNIT_FAKES_CONFIG_FAKE_H
#define TESTS_UNIT_FAKES_CONFIG_FAKE_H

#include "config/config.h"

enum {
	FAKE_GUILD = 900,
	FAKE_STATUS = 11,
	FAKE_CONTROL = 22,
	FAKE_ELSEWHERE = 33,
	FAKE_ADMIN = 101,
	FAKE_PERSON = 202
};

struct config_fake {
	struct config config;
	struct config_container containers[160];
	struct config_channel channels[4];
	uint64_t admins[2];
	char names[160][64];
	unsigned cooldown_s; /* for every key */
	struct {
		const char *name;
		int64_t value;
	} numbers[16]; /* config_int() and config_bool(); what is not in here is a failed test */
};
extern struct config_fake config_fake;

/* Guild 900, status channel 11, control channel 22, admin 101, no containers, cooldowns on but 0 s. */
void config_fake_clear(void);
void config_fake_number(const char *name, int64_t value);
struct config_container *config_fake_add(const char *name, const char *display_name, unsigned allowed);

#endif
