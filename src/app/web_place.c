#include "app/web_place.h"

#include "config/config.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char this_machine[] = "127.0.0.1";

/* One spelling for each address, so that it can be compared with that of a peer. */
static bool spell(const char *bind, char out[INET6_ADDRSTRLEN])
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, bind, &v4) == 1)
		return inet_ntop(AF_INET, &v4, out, INET6_ADDRSTRLEN);
	if (inet_pton(AF_INET6, bind, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6))
		return inet_ntop(AF_INET, v6.s6_addr + 12, out, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, &v6, out, INET6_ADDRSTRLEN);
}

struct web_place web_place_of(int64_t port, const char *bind)
{
	struct web_place p = {.port = (uint16_t)port};
	if (!bind[0] || spell(bind, p.bind))
		return p;
	memcpy(p.bind, this_machine, sizeof this_machine);
	return p;
}

struct web_place web_place_of_environment(void)
{
	char bind[128];
	str_copy(bind, sizeof bind, config_variable_text("DDC_WEB_BIND"));
	return web_place_of(config_variable_int("DDC_WEB_PORT"), bind);
}

static int connect_to(const struct sockaddr *to, socklen_t length)
{
	struct timeval limit = {.tv_sec = WEB_PLACE_PATIENCE_S};
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, to, length) == 0)
		return fd;
	close(fd);
	return -1;
}

int web_place_connect(const struct web_place *p)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(p->port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(p->port)};
	bool is_v6 = inet_pton(AF_INET6, p->bind, &v6.sin6_addr) == 1;
	bool is_v4 = inet_pton(AF_INET, p->bind, &v4.sin_addr) == 1;
	bool is_any = !p->bind[0] || (is_v6 && IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr));
	int fd = -1;
	if (!is_v4 || v4.sin_addr.s_addr == INADDR_ANY)
		v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (is_any)
		v6.sin6_addr = in6addr_loopback;
	if (is_v4 || is_any) /* a listener on :: takes both kinds, and some containers have no ::1 */
		fd = connect_to((struct sockaddr *)&v4, sizeof v4);
	if (fd < 0 && (is_v6 || is_any))
		fd = connect_to((struct sockaddr *)&v6, sizeof v6);
	return fd;
}
