#include "config/options.h"

#include "base/snowflake.h"
#include "config/config.h"

#include <stdio.h>
#include <string.h>

/* A table is read by its rows, so they are not wrapped.
 * clang-format off */
#define C(field) offsetof(struct config_container, field)
#define H(field) offsetof(struct config_channel, field)
#define NONE	 OPTION_NO_FIELD

/* name, default, min, max, unit, … */
#define INT(n, st, ef, def, lo, hi, u, what)                                                                           \
	{                                                                                                              \
		n, OPTION_INT, st, ef, def, NULL, lo, hi, NULL, u, NONE, what, NULL                                    \
	}
#define INT_OFF(n, st, def, lo, hi, u, what, why)                                                                      \
	{                                                                                                              \
		n, OPTION_INT, st, AT_ONCE, def, NULL, lo, hi, NULL, u, NONE, what, why                                \
	}
#define BOOL(n, st, ef, def, what)                                                                                     \
	{                                                                                                              \
		n, OPTION_BOOL, st, ef, def, NULL, 0, 1, NULL, NULL, NONE, what, NULL                                  \
	}
#define BOOL_OFF(n, st, def, what, why)                                                                                \
	{                                                                                                              \
		n, OPTION_BOOL, st, AT_ONCE, def, NULL, 0, 1, NULL, NULL, NONE, what, why                              \
	}
#define TEXT(n, st, ef, def, most, what)                                                                               \
	{                                                                                                              \
		n, OPTION_TEXT, st, ef, 0, def, 0, most, NULL, NULL, NONE, what, NULL                                  \
	}
#define TEXT_OFF(n, st, def, what, why)                                                                                \
	{                                                                                                              \
		n, OPTION_TEXT, st, AT_ONCE, 0, def, 0, 0, NULL, NULL, NONE, what, why                                 \
	}
#define CHOICE(n, st, ef, def, list, what)                                                                             \
	{                                                                                                              \
		n, OPTION_CHOICE, st, ef, 0, def, 0, 0, list, NULL, NONE, what, NULL                                   \
	}
#define SECRET(n, st, ef, what)                                                                                        \
	{                                                                                                              \
		n, OPTION_SECRET, st, ef, 0, NULL, 0, 0, NULL, NULL, NONE, what, NULL                                  \
	}
#define OTHER(n, ty, def, what)                                                                                        \
	{                                                                                                              \
		n, ty, STORE_OTHER, AT_ONCE, 0, def, 0, 0, NULL, NULL, NONE, what, NULL                                \
	}
#define OTHER_OFF(n, ty, what, why)                                                                                    \
	{                                                                                                              \
		n, ty, STORE_OTHER, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE, what, why                                \
	}
#define LATER(n, ty, def, text, lo, hi, list, u, what)                                                                 \
	{                                                                                                              \
		n, ty, STORE_OTHER, AT_ONCE, def, text, lo, hi, list, u, NONE, what, WHY_WAVE2                         \
	}
/* fields of containers and channels */
#define F_BOOL(n, st, off, def, what)                                                                                  \
	{                                                                                                              \
		n, OPTION_BOOL, st, AT_ONCE, def, NULL, 0, 1, NULL, NULL, off, what, NULL                              \
	}
#define F_INT(n, st, off, def, lo, hi, u, what)                                                                        \
	{                                                                                                              \
		n, OPTION_INT, st, AT_ONCE, def, NULL, lo, hi, NULL, u, off, what, NULL                                \
	}
#define F_TEXT(n, st, off, most, what)                                                                                 \
	{                                                                                                              \
		n, OPTION_TEXT, st, AT_ONCE, 0, "", 0, most, NULL, NULL, off, what, NULL                               \
	}

#define LANGUAGES                                                                                                      \
	"ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt-BR pt-PT ro ru "             \
	"sk sl sr sv "                                                                                                 \
	"th tr uk vi zh-CN zh-TW"

#define WHY_EVENTS "the engine reports every change by itself; ddc does not ask in a circle"
#define WHY_MECH   "belongs to the donation game, which ddc leaves out; its files are not touched"
#define WHY_PYTHON "belongs to the original's web server or its Python"
#define WHY_IMAGE  "belongs to the original's image and its start script"
#define WHY_NEVER  "the original never reads it either"
#define WHY_STREAM "ddc keeps no such store: messages are read as a stream and let go"
#define WHY_COPY   "a copy that a save of the original leaves here; it is read from its own file"
#define WHY_WAVE2  "kept for a later release of ddc"

const struct option options[] = {
	/* ---- variables ---- */
	SECRET("DISCORD_BOT_TOKEN", STORE_ENVIRONMENT, ON_RECONNECT, "The bot's token; beats the one in the folder."),
	SECRET("DDC_ADMIN_PASSWORD", STORE_ENVIRONMENT, AT_START,
		"Sets the web password when none is stored, or the stored one cannot be read."),
	TEXT("DDC_CONFIG_DIR", STORE_ENVIRONMENT, AT_START, "", 4000,
		"The configuration folder: /app/config if it exists, else ./config."),
	TEXT("DDC_LOG_DIR", STORE_ENVIRONMENT, AT_START, "", 4000,
		"The log folder: /app/logs if it exists, else ./logs."),
	CHOICE("DDC_LOG_LEVEL", STORE_ENVIRONMENT, AT_START, "info", "error warn warning info debug",
		"How much the log says."),
	TEXT("DDC_WEB_BIND", STORE_ENVIRONMENT, AT_START, "", 64,
		"Address the web page listens on, such as 192.168.1.5 or ::1; empty: all."),
	INT("DDC_WEB_PORT", STORE_ENVIRONMENT, AT_START, 9374, 0, 65535, NULL,
		"Port of the web page; 0: no web page, no metrics, and `ddc health` is always well."),
	TEXT("DDC_DISCORD_API", STORE_ENVIRONMENT, AT_START, "https://discord.com/api/v10", 512,
		"Discord's base address; plain http and ws only to loopback addresses."),
	TEXT("DOCKER_HOST", STORE_ENVIRONMENT, AT_START, "unix:///var/run/docker.sock", 512,
		"The engine: unix:///path or tcp://host:port."),
	BOOL("DOCKER_TLS_VERIFY", STORE_ENVIRONMENT, AT_START, 0,
		"Speak TLS to a tcp:// engine and verify its certificate."),
	TEXT("DOCKER_CERT_PATH", STORE_ENVIRONMENT, AT_START, "", 4000,
		"Folder with ca.pem, cert.pem and key.pem for it."),
	TEXT("SSL_CERT_FILE", STORE_ENVIRONMENT, AT_START, "", 4000, "File of trusted certificates."),
	TEXT("SSL_CERT_DIR", STORE_ENVIRONMENT, AT_START, "", 4000,
		"Folder of trusted certificates, named by their hashes."),
	TEXT("TZ", STORE_ENVIRONMENT, AT_START, "", 64, "Time zone where config.json names none."),
	INT_OFF("DDC_SESSION_IDLE_TIMEOUT", STORE_ENVIRONMENT, 1800, 60, 604800, "s",
		"A web login ends after so long without a click.", "the web page has no logins yet"),
	INT_OFF("DDC_TOKEN_MAX_RETRIES", STORE_ENVIRONMENT, 0, 0, 1000000, NULL,
		"Looks for a token so often before giving up; 0: for ever.",
		"without a token ddc waits, and looks again when the file changes"),
	INT_OFF("DDC_TOKEN_RETRY_INTERVAL", STORE_ENVIRONMENT, 60, 1, 86400, "s", "Time between two looks.",
		"without a token ddc waits, and looks again when the file changes"),
	TEXT("DDC_SCHEDULER_CONFIG_DIR", STORE_ENVIRONMENT, AT_START, "", 4000,
		"Folder of tasks.json, if it is not the usual one."),

	/* ---- memory (the original's guide lists these; it reads almost none) ---- */
	INT("DDC_MEMORY_LIMIT_MB", STORE_ADVANCED, AT_ONCE, 0, 0, 65536, "MB",
		"Soft limit: above it new work is refused; 0: nine tenths of the container's limit, 16 MB at most."),
	INT("DDC_GC_THRESHOLD_MB", STORE_ADVANCED, AT_ONCE, 0, 0, 65536, "MB",
		"From here on ddc empties its caches early; 0: three quarters of the limit."),
	INT("DDC_MEMORY_CHECK_INTERVAL", STORE_ADVANCED, AT_ONCE, 60, 5, 86400, "s", "How often memory is looked at."),
	INT("DDC_MAX_CACHE_SIZE", STORE_ADVANCED, AT_ONCE, 1000, 1, 100000, NULL,
		"Running containers whose CPU and memory are read in the background, the first by name."),
	INT("DDC_MAX_PENDING_ACTIONS", STORE_ADVANCED, AT_ONCE, 10, 1, 200, NULL,
		"Actions that may be under way at the same time."),
	INT("DDC_MAX_TRACKED_CHANNELS", STORE_ADVANCED, AT_ONCE, 250, 1, 250, NULL,
		"Channels whose panels follow by themselves; panels beyond show actions only."),
	INT("DDC_MAX_CONTAINERS", STORE_ADVANCED, AT_ONCE, 1000, 1, 100000, NULL,
		"Containers that are kept: those in the settings first, then others (for metrics)."),
	INT("DDC_MAX_CHANNELS", STORE_ADVANCED, AT_ONCE, 100, 1, 250, NULL, "Channels that get a panel."),
	INT("DDC_CACHE_TTL", STORE_ADVANCED, AT_ONCE, 60, 1, 86400, "s",
		"Age at which CPU and memory that nobody reads any more are forgotten."),
	INT("DDC_DISCORD_CACHE_DURATION", STORE_ADVANCED, AT_ONCE, 300, 1, 86400, "s",
		"How long a refusal of Discord to let ddc into a channel is believed, at most; below a minute it doubles with each further refusal, up to one."),
	INT("DDC_MAX_MESSAGE_HISTORY", STORE_ADVANCED, AT_ONCE, 100, 0, 100000, NULL,
		"Messages below a panel that are remembered: if all of them are deleted it need not move."),
	INT("DDC_BATCH_UPDATE_SIZE", STORE_ADVANCED, AT_ONCE, 5, 1, 100, NULL, "Panels edited in one go."),
	CHOICE("DDC_MEMORY_PROFILE", STORE_ADVANCED, AT_ONCE, "normal",
		"normal ultra-low high-performance unraid raspberry-pi nas",
		"Picks the defaults of the memory settings: docs/memory.md."),
	CHOICE("DDC_PANEL_GROUPS", STORE_ADVANCED, AT_ONCE, "own", "off own project both",
		"Overviews show containers under headings: by the groups of ddc_rights.json, by compose project, by both, or not at all."),
	{"DDC_MEMORY_ALERT_CHANNEL", OPTION_ID, STORE_ADVANCED, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Channel that is told when memory runs short, of ddc or of a container, whose memory is read once a minute for it; empty: none.",
		NULL},
	INT("DDC_MEMORY_ALERT_PERCENT", STORE_ADVANCED, AT_ONCE, 90, 1, 100, "%",
		"Share of its limit from which on it is short."),
	INT("DDC_MEMORY_ALERT_SECONDS", STORE_ADVANCED, AT_ONCE, 120, 0, 86400, "s",
		"How long it must last before anybody is told."),
	SECRET("DDC_METRICS_TOKEN", STORE_ENVIRONMENT, AT_START,
		"Whoever reads /metrics must show this; empty: this machine and private networks may, nobody else."),

	/* ---- advanced settings: variable, or the page's "advanced" dialog ---- */
	INT("DDC_DOCKER_CACHE_DURATION", STORE_ADVANCED, AT_ONCE, 30, 1, 86400, "s",
		"Age up to which what the engine said is used again where no event tells of a change (CPU, "
		"memory)."),
	INT_OFF("DDC_DOCKER_QUERY_COOLDOWN", STORE_ADVANCED, 2, 0, 3600, "s",
		"Pause between two questions to the engine.", WHY_EVENTS),
	INT_OFF("DDC_DOCKER_MAX_CACHE_AGE", STORE_ADVANCED, 300, 1, 86400, "s", "Age at which a state is thrown away.",
		"what is known is kept and marked as old while the engine is away"),
	BOOL("DDC_ENABLE_BACKGROUND_REFRESH", STORE_ADVANCED, AT_ONCE, 1,
		"Fetch CPU and memory regularly for panels that show them. "
		"DDC_MEMORY_ALERT_CHANNEL has them fetched all the same."),
	INT_OFF("DDC_BACKGROUND_REFRESH_INTERVAL", STORE_ADVANCED, 30, 5, 86400, "s", "How often, at most.",
		"CPU and memory are read when a panel that shows them is due"),
	INT_OFF("DDC_BACKGROUND_REFRESH_LIMIT", STORE_ADVANCED, 50, 1, 10000, NULL,
		"Containers asked about in one round.", "DDC_MAX_CACHE_SIZE decides how many are read"),
	INT_OFF("DDC_BACKGROUND_REFRESH_TIMEOUT", STORE_ADVANCED, 30, 1, 3600, "s", "Longest time of one round.",
		"there is one patience for all"),
	INT_OFF("DDC_MAX_CONTAINERS_DISPLAY", STORE_ADVANCED, 100, 1, 10000, NULL, "Containers listed on the web page.",
		"the web page lists none yet"),
	INT_OFF("DDC_SCHEDULER_CHECK_INTERVAL", STORE_ADVANCED, 60, 1, 3600, "s",
		"Longest time the scheduler sleeps; it wakes for each task anyway.", WHY_WAVE2),
	INT_OFF("DDC_MAX_CONCURRENT_TASKS", STORE_ADVANCED, 3, 1, 1000, NULL, "Tasks that run at the same time.",
		WHY_WAVE2),
	INT_OFF("DDC_TASK_BATCH_SIZE", STORE_ADVANCED, 5, 1, 1000, NULL, "Tasks started in one go.",
		"DDC_MAX_CONCURRENT_TASKS alone decides"),
	INT("DDC_LIVE_LOGS_REFRESH_INTERVAL", STORE_ADVANCED, AT_ONCE, 5, 1, 300, "s",
		"Time between two updates of a live log."),
	INT("DDC_LIVE_LOGS_MAX_REFRESHES", STORE_ADVANCED, AT_ONCE, 12, 1, 1000, NULL,
		"Updates until a live log ends."),
	INT("DDC_LIVE_LOGS_TAIL_LINES", STORE_ADVANCED, AT_ONCE, 50, 1, 1000, NULL, "Lines a log shows."),
	INT("DDC_LIVE_LOGS_TIMEOUT", STORE_ADVANCED, AT_ONCE, 120, 10, 3600, "s", "Longest life of a live log."),
	BOOL("DDC_PUBLIC_IP", STORE_ADVANCED, AT_ONCE, 1,
		"Look up the public address where an info shows one and names none."),
	TEXT("DDC_PUBLIC_IP_SERVICES", STORE_ADVANCED, AT_ONCE,
		"https://api.ipify.org https://api6.ipify.org https://ipv4.icanhazip.com https://ipv6.icanhazip.com",
		1000,
		"Services that tell it, https only, with blanks between; asked in this order until IPv4 and IPv6 are known."),
	{"DDC_AUDIT_CHANNEL", OPTION_ID, STORE_ADVANCED, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Channel where every act, and every refusal, is told as well; empty: none.", NULL},
	BOOL("DDC_LIVE_LOGS_ENABLED", STORE_ADVANCED, AT_ONCE, 1, "Offer live logs."),
	BOOL("DDC_LIVE_LOGS_AUTO_START", STORE_ADVANCED, AT_ONCE, 0, "A log begins live."),
	INT_OFF("DDC_FAST_STATS_TIMEOUT", STORE_ADVANCED, 45, 1, 3600, "s",
		"Patience for CPU and memory of one container.", "there is one patience for all"),
	INT_OFF("DDC_SLOW_STATS_TIMEOUT", STORE_ADVANCED, 60, 1, 3600, "s", "The same for slow containers.",
		"there is one patience for all"),
	INT_OFF("DDC_CONTAINER_LIST_TIMEOUT", STORE_ADVANCED, 30, 1, 3600, "s", "Patience for the list of containers.",
		"there is one patience for all"),
	INT_OFF("DDC_FAST_INFO_TIMEOUT", STORE_ADVANCED, 45, 1, 3600, "s", "Patience for the details of one container.",
		"there is one patience for all"),
	INT_OFF("DDC_SLOW_INFO_TIMEOUT", STORE_ADVANCED, 60, 1, 3600, "s", "The same for slow containers.",
		"there is one patience for all"),
	BOOL_OFF("DDC_ENABLE_OPENGSQ", STORE_ADVANCED, 1, "Ask game servers for their players.", WHY_WAVE2),
	INT("DDC_MAX_CACHED_CONTAINERS", STORE_ADVANCED, AT_ONCE, 100, 1, 100000, NULL,
		"Containers whose figures are kept (as DDC_MAX_CACHE_SIZE)."),
	INT_OFF("DDC_CACHE_CLEANUP_INTERVAL", STORE_ADVANCED, 300, 1, 86400, "s", "How often caches are swept.",
		"nothing here needs sweeping: every store has a maximum"),
	INT_OFF("DDC_MECH_DECAY_INTERVAL", STORE_ADVANCED, 30, 1, 86400, "s", "Mech decay.", WHY_MECH),

	/* ---- variables without a meaning here ---- */
	SECRET("FLASK_SECRET_KEY", STORE_ENVIRONMENT, AT_START,
		"Key of the original's web sessions; ddc makes its own at each start."),
	TEXT_OFF("DOCKER_SOCKET", STORE_ENVIRONMENT, "", "Path of the engine's socket.",
		"the original does not use it either; use DOCKER_HOST"),
	{"TRANSLATION_API_KEY", OPTION_SECRET, STORE_ENVIRONMENT, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Key of the translation service, where `api_key_env` names no other variable.", WHY_WAVE2},
	TEXT_OFF("DDC_PROGRESS_DATA_DIR", STORE_ENVIRONMENT, "", "Folder of the donation game.", WHY_MECH),
	TEXT_OFF("DDC_PROGRESS_MEMBER_COUNT_PATH", STORE_ENVIRONMENT, "", "File of the donation game.", WHY_MECH),
	INT_OFF("DDC_ANIM_DISK_LIMIT_MB", STORE_ENVIRONMENT, 200, 0, 1000000, "MB", "Disk space for animations.",
		WHY_MECH),
	BOOL_OFF("DDC_ENABLE_MECH_DECAY", STORE_ENVIRONMENT, 1, "Mech decay.", WHY_MECH),
	INT_OFF("DDC_WAITRESS_THREADS", STORE_ENVIRONMENT, 4, 1, 1000, NULL, "Threads of the web server.", WHY_PYTHON),
	TEXT("PUID", STORE_ENVIRONMENT, AT_START, "", 10,
		"Number of the user that ddc becomes when it is started as root (the image sets 1000); it gets the two folders."),
	TEXT("PGID", STORE_ENVIRONMENT, AT_START, "", 10, "Number of the group, likewise."),
	TEXT_OFF("DDC_UID", STORE_ENVIRONMENT, "", "User of an older image.", WHY_IMAGE),
	TEXT_OFF("DDC_GID", STORE_ENVIRONMENT, "", "Group of an older image.", WHY_IMAGE),
	TEXT_OFF("DDC_USER_NAME", STORE_ENVIRONMENT, "", "User of an older image.", WHY_IMAGE),
	TEXT_OFF("DDC_GROUP_NAME", STORE_ENVIRONMENT, "", "Group of an older image.", WHY_IMAGE),
	TEXT_OFF("DDC_DATA_DIRS", STORE_ENVIRONMENT, "", "Folders an older image took over.", WHY_IMAGE),
	TEXT_OFF("DDC_DOCKERSOCK_GID", STORE_ENVIRONMENT, "", "Group of the socket in an older image.", WHY_IMAGE),
	BOOL_OFF("DDC_FORCE_ROOT", STORE_ENVIRONMENT, 0, "Stay root in an older image.", WHY_IMAGE),
	TEXT_OFF("DDC_METRICS_DIR", STORE_ENVIRONMENT, "", "Folder for figures.", WHY_NEVER),
	BOOL_OFF("DDC_JSON_LOGS", STORE_ENVIRONMENT, 0, "Log as JSON.", WHY_NEVER),
	BOOL_OFF("DDC_OTEL_ENABLED", STORE_ENVIRONMENT, 0, "OpenTelemetry.", WHY_NEVER),
	TEXT_OFF("DDC_OTEL_SERVICE_NAME", STORE_ENVIRONMENT, "", "OpenTelemetry.", WHY_NEVER),
	TEXT_OFF("DDC_OTEL_ENDPOINT", STORE_ENVIRONMENT, "", "OpenTelemetry.", WHY_NEVER),
	BOOL_OFF("DDC_DISCORD_SKIP_TOKEN_LOCK", STORE_ENVIRONMENT, 1, "Set by the original for itself.", WHY_NEVER),
	BOOL_OFF("DDC_ENABLE_GEVENT", STORE_ENVIRONMENT, 0, "Another way to serve pages.", WHY_PYTHON),
	BOOL_OFF("DDC_DISABLE_GC_FREEZE", STORE_ENVIRONMENT, 0, "A switch of Python's memory.", WHY_PYTHON),
	TEXT_OFF("LOG_LEVEL", STORE_ENVIRONMENT, "", "What the original's web page logs.", "use DDC_LOG_LEVEL"),
	TEXT_OFF("LOGGING_LEVEL", STORE_ENVIRONMENT, "", "Set by a build script.", WHY_NEVER),
	TEXT_OFF("ENV_FLASK_SECRET_KEY", STORE_ENVIRONMENT, "", "Left over from an older start.", WHY_NEVER),
	TEXT_OFF("ENV_DOCKER_SOCKET", STORE_ENVIRONMENT, "", "Left over from an older start.", WHY_NEVER),
	TEXT_OFF("HOST_DOCKER_PATH", STORE_ENVIRONMENT, "", "Path of a docker program.", WHY_NEVER),
	TEXT_OFF("HOST_IP", STORE_ENVIRONMENT, "", "Address that the original prints when it starts.",
		"ddc prints none"),
	TEXT_OFF("UNRAID_IP", STORE_ENVIRONMENT, "", "The same.", "ddc prints none"),
	TEXT_OFF("SERVER_IP", STORE_ENVIRONMENT, "", "The same.", "ddc prints none"),
	TEXT_OFF("SUPERVISOR_USER", STORE_ENVIRONMENT, "", "User of an older image's supervisor.", WHY_IMAGE),
	{"SUPERVISOR_PASS", OPTION_SECRET, STORE_ENVIRONMENT, AT_START, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Its password.", WHY_IMAGE},
	TEXT_OFF("PYTHONPATH", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT_OFF("PYTHONDONTWRITEBYTECODE", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT_OFF("PYTHONUNBUFFERED", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT_OFF("PYTHONOPTIMIZE", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT_OFF("PYTHONUSERBASE", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT_OFF("PYTHONWARNINGS", STORE_ENVIRONMENT, "", "Python.", WHY_PYTHON),
	TEXT("MALLOC_TRIM_THRESHOLD_", STORE_ENVIRONMENT, AT_START, "", 20,
		"A knob of glibc's allocator; ddc sets what suits it unless this is set."),
	TEXT_OFF("FLASK_ENV", STORE_ENVIRONMENT, "", "Mode of the original's web server.", WHY_PYTHON),
	TEXT_OFF("FLASK_DEBUG", STORE_ENVIRONMENT, "", "Mode of the original's web server.", WHY_PYTHON),
	TEXT_OFF("FLASK_APP", STORE_ENVIRONMENT, "", "File of the original's web server.", WHY_PYTHON),
	INT_OFF("DDC_CONFIG_CACHE_AGE_MINUTES", STORE_ENVIRONMENT, 15, 0, 100000, "min",
		"Age of the configuration in memory.", "a changed file is noticed at once"),
	INT_OFF("DDC_FAST_LIST_TIMEOUT", STORE_ENVIRONMENT, 0, 0, 3600, "s", "Named in comments of the original.",
		WHY_NEVER),
	INT_OFF("DDC_FAST_ACTION_TIMEOUT", STORE_ENVIRONMENT, 0, 0, 3600, "s", "Named in comments of the original.",
		WHY_NEVER),

	/* ---- config.json ---- */
	{"language", OPTION_CHOICE, STORE_MAIN, AT_ONCE, 0, "en", 0, 0, LANGUAGES, NULL, NONE, "Language of the bot.",
		NULL},
	{"ui_language", OPTION_CHOICE, STORE_MAIN, AT_ONCE, 0, "en", 0, 0, LANGUAGES, NULL, NONE,
		"Language of the web page.", NULL},
	TEXT("timezone", STORE_MAIN, AT_ONCE, "UTC", 64, "Zone of times and tasks, like Europe/Berlin."),
	{"guild_id", OPTION_ID, STORE_MAIN, ON_RECONNECT, 0, NULL, 0, 0, NULL, NULL, NONE, "The server's id.", NULL},
	SECRET("bot_token", STORE_MAIN, ON_RECONNECT,
		"The bot's token, sealed with the web password's hash; clear text is read too."),
	TEXT("web_ui_user", STORE_MAIN, AT_ONCE, "admin", 128, "Name for the web login."),
	SECRET("web_ui_password_hash", STORE_MAIN, AT_ONCE,
		"Hash of the web password; without one the set-up page is open."),
	BOOL("heartbeat.enabled", STORE_MAIN, AT_ONCE, 0, "Tell a watchdog service that all is well."),
	SECRET("heartbeat.ping_url", STORE_MAIN, AT_ONCE,
		"Its address, https only (whoever knows it can pretend to be us)."),
	INT("heartbeat.interval", STORE_MAIN, AT_ONCE, 5, 1, 60, "min", "How often."),
	BOOL("scheduler_debug_mode", STORE_MAIN, AT_ONCE, 0, "Debug lines in the log."),
	INT("session_timeout", STORE_MAIN, AT_ONCE, 3600, 60, 31536000, "s", "Longest life of a web login."),
	TEXT("docker_config.docker_socket_path", STORE_MAIN, AT_START, "", 108,
		"Path of the engine's socket; DOCKER_HOST beats it."),
	{"advanced_settings", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"The settings above that are variables too.", NULL},
	{"channel_permissions", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Channels, where there is no file in channels/.", NULL},
	{"default_channel_permissions", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Defaults for channels, where there is no channels/default.json.", NULL},
	{"spam_protection", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Cooldowns, where channels_config.json has none.", NULL},
	{"servers", OPTION_LIST, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Containers, in the oldest layout.", NULL},
	{"donation_disable_key", OPTION_SECRET, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Switches the donation game off.", WHY_MECH},
	TEXT_OFF("heartbeat_channel_id", STORE_MAIN, "", "Channel of the v1 watchdog.",
		"v2 replaced it by heartbeat.ping_url"),
	TEXT_OFF("debug_level_enabled", STORE_MAIN, "", "Older debug switch.", "scheduler_debug_mode is the real one"),
	{"system_logs", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Log settings of the migration.", WHY_NEVER},
	{"progress", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE, "Folder of the donation game.",
		WHY_MECH},
	{"server_order", OPTION_LIST, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE, "Order of the containers.",
		WHY_COPY},
	{"channels", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE, "Empty.", WHY_COPY},
	{"server_selection", OPTION_TABLE, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE, "Empty.", WHY_COPY},
	TEXT_OFF("docker_socket_path", STORE_MAIN, "/var/run/docker.sock", "Path of the engine's socket.",
		"the original uses docker_config.docker_socket_path instead"),
	INT_OFF("container_command_cooldown", STORE_MAIN, 5, 0, 86400, "s", "Pause between two actions.", WHY_NEVER),
	INT_OFF("docker_api_timeout", STORE_MAIN, 30, 0, 86400, "s", "Patience for the engine.", WHY_NEVER),
	INT_OFF("max_log_lines", STORE_MAIN, 50, 0, 100000, NULL, "Lines of a log.",
		"DDC_LIVE_LOGS_TAIL_LINES is in use"),
	INT_OFF("docker_list_refresh_seconds", STORE_MAIN, 60, 0, 86400, "s", "How often v1 listed containers.",
		WHY_EVENTS),
	INT_OFF("auto_refresh_interval", STORE_MAIN, 30, 0, 86400, "s", "Rhythm of the web page.",
		"the page is told of changes"),
	BOOL_OFF("show_clear_logs_button", STORE_MAIN, 1, "A button of the web page.", WHY_PYTHON),
	BOOL_OFF("show_download_logs_button", STORE_MAIN, 1, "A button of the web page.", WHY_PYTHON),
	TEXT_OFF("selected_timezone", STORE_MAIN, "UTC", "A field of the web page.", "timezone is in use"),
	TEXT_OFF("base_dir", STORE_MAIN, "", "Folder of the program.", WHY_PYTHON),
	BOOL_OFF("admin_enabled", STORE_MAIN, 1, "Web page on or off.", WHY_NEVER),
	BOOL_OFF("encryption_enabled", STORE_MAIN, 1, "Token sealed or not.",
		"a token is sealed whenever there is a password"),
	{"bot_token_decrypted_for_usage", OPTION_SECRET, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"The token in clear text, which the original leaves behind; read only if no other token can "
		"be, removed at the first save.",
		NULL},
	{"bot_token_encrypted", OPTION_SECRET, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Older place of the token.", NULL},
	{"encrypted_bot_token", OPTION_SECRET, STORE_MAIN, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"Older place of the token.", NULL},
	TEXT_OFF("config_split_enabled", STORE_MAIN, "", "A field of the web page.", WHY_COPY),
	TEXT_OFF("mech_difficulty_multiplier", STORE_MAIN, "", "A field of the web page.", WHY_MECH),

	/* ---- containers/<name>.json ---- */
	{"container_name", OPTION_TEXT, STORE_CONTAINER, AT_ONCE, 0, "", 0, 255, NULL, NULL, NONE,
		"Docker's name; else docker_name, else name.", NULL},
	{"docker_name", OPTION_TEXT, STORE_CONTAINER, AT_ONCE, 0, "", 0, 255, NULL, NULL, NONE,
		"Docker's name, where container_name is missing.", NULL},
	{"name", OPTION_TEXT, STORE_CONTAINER, AT_ONCE, 0, "", 0, 255, NULL, NULL, NONE, "v1: the name people see.",
		NULL},
	{"display_name", OPTION_TEXT, STORE_CONTAINER, AT_ONCE, 0, "", 0, 255, NULL, NULL, NONE, "The name people see.",
		NULL},
	F_BOOL("active", STORE_CONTAINER, C(active), 1, "Shown and controllable."),
	{"allowed_actions", OPTION_LIST, STORE_CONTAINER, AT_ONCE, 0, "status", 0, 0,
		"status start stop restart pause kill", NULL, NONE,
		"What may be done with it from Discord; pause and kill are ddc's own.", NULL},
	F_BOOL("allow_detailed_status", STORE_CONTAINER, C(detailed_status), 1, "CPU and memory may be shown."),
	F_INT("stop_timeout", STORE_CONTAINER, C(stop_timeout_s), -1, -1, 3600, "s",
		"Time to end by itself when it is stopped or restarted; -1: as Docker has it."),
	F_INT("order", STORE_CONTAINER, C(order), 999, INT32_MIN, INT32_MAX, NULL, "Place in the list."),
	F_BOOL("info.enabled", STORE_CONTAINER, C(info_enabled), 0, "An info text is offered."),
	F_BOOL("info.show_ip", STORE_CONTAINER, C(info_show_ip), 0, "It names the address."),
	F_TEXT("info.custom_ip", STORE_CONTAINER, C(info_ip), 0, "The address, if not the public one."),
	F_TEXT("info.custom_port", STORE_CONTAINER, C(info_port), 0, "The port."),
	F_TEXT("info.custom_text", STORE_CONTAINER, C(info_text), 0, "The text."),
	F_BOOL("info.protected_enabled", STORE_CONTAINER, C(info_protected), 0, "A second text is behind a password."),
	F_TEXT("info.protected_content", STORE_CONTAINER, C(info_protected_text), 0, "That text."),
	{"info.protected_password", OPTION_SECRET, STORE_CONTAINER, AT_ONCE, 0, "", 0, 0, NULL, NULL, C(info_password),
		"That password: clear, as the original writes it, or hashed by ddc.", NULL},
	{"query_enabled", OPTION_BOOL, STORE_CONTAINER, AT_ONCE, 0, NULL, 0, 1, NULL, NULL, NONE,
		"Ask this game server for its players.", WHY_WAVE2},
	{"query_protocol", OPTION_CHOICE, STORE_CONTAINER, AT_ONCE, 0, "source", 0, 0,
		"source minecraft satisfactory palworld", NULL, NONE, "How to ask.", WHY_WAVE2},
	{"query_host", OPTION_TEXT, STORE_CONTAINER, AT_ONCE, 0, "", 0, 255, NULL, NULL, NONE,
		"Where to ask; empty: find out.", WHY_WAVE2},
	{"query_port", OPTION_INT, STORE_CONTAINER, AT_ONCE, 0, NULL, 0, 65535, NULL, NULL, NONE,
		"Where to ask; 0: find out.", WHY_WAVE2},
	{"query_token", OPTION_SECRET, STORE_CONTAINER, AT_ONCE, 0, "", 0, 1024, NULL, NULL, NONE,
		"Password for asking.", WHY_WAVE2},

	/* ---- channels/<id>.json ---- */
	{"name", OPTION_TEXT, STORE_CHANNEL, AT_ONCE, 0, "", 0, 255, NULL, NULL, H(name),
		"Name, for people who read the file.", NULL},
	{"channel_id", OPTION_ID, STORE_CHANNEL, AT_ONCE, 0, NULL, 0, 0, NULL, NULL, NONE,
		"The id, where the file's name is none.", NULL},
	F_BOOL("commands.serverstatus", STORE_CHANNEL, H(allow_serverstatus), 0, "The overview and its commands."),
	{"commands.ss", OPTION_BOOL, STORE_CHANNEL, AT_ONCE, 0, NULL, 0, 1, NULL, NULL, NONE,
		"The same under its short name.", "/ss is /serverstatus: commands.serverstatus decides"},
	F_BOOL("commands.control", STORE_CHANNEL, H(allow_control), 0,
		"Makes it a control channel: actions are offered."),
	F_BOOL("commands.schedule", STORE_CHANNEL, H(allow_schedule), 0, "Tasks."),
	F_BOOL("commands.info", STORE_CHANNEL, H(allow_info), 0, "Info texts may be edited here."),
	{"commands.command", OPTION_BOOL, STORE_CHANNEL, AT_ONCE, 0, NULL, 0, 1, NULL, NULL, NONE, "A command of v1.",
		"/control took its place"},
	F_BOOL("post_initial", STORE_CHANNEL, H(post_initial), 0, "Post a panel by itself."),
	F_BOOL("enable_auto_refresh", STORE_CHANNEL, H(auto_refresh), 1, "Keep the panel up to date."),
	F_INT("update_interval_minutes", STORE_CHANNEL, H(update_interval_minutes), 5, 1, 10080, "min",
		"Longest time between two updates of CPU and memory."),
	F_BOOL("recreate_messages_on_inactivity", STORE_CHANNEL, H(recreate_on_inactivity), 1,
		"Move the panel below the talk."),
	F_INT("inactivity_timeout_minutes", STORE_CHANNEL, H(inactivity_timeout_minutes), 10, 0, 10080, "min",
		"Once it was quiet for so long; 0: never."),

	/* ---- channels_config.json: spam_protection ---- */
	{"command_cooldowns.<command>", OPTION_INT, STORE_SPAM, AT_ONCE, 5, NULL, 0, 86400, NULL, "s", NONE,
		"Pause between two uses of a command.", NULL},
	{"button_cooldowns.<button>", OPTION_INT, STORE_SPAM, AT_ONCE, 5, NULL, 0, 86400, NULL, "s", NONE,
		"Pause between two presses of a button.", NULL},
	BOOL("global_settings.enabled", STORE_SPAM, AT_ONCE, 1, "Cooldowns are kept."),
	INT("global_settings.max_commands_per_minute", STORE_SPAM, AT_ONCE, 20, 0, 100000, NULL,
		"Commands of one person in a minute; 0: no limit."),
	INT("global_settings.max_buttons_per_minute", STORE_SPAM, AT_ONCE, 35, 0, 100000, NULL,
		"Buttons of one person in a minute; 0: no limit."),
	BOOL("global_settings.cooldown_message", STORE_SPAM, AT_ONCE, 1,
		"Tell the person when it is free again; without it a press during a cooldown does nothing."),
	BOOL("global_settings.log_violations", STORE_SPAM, AT_ONCE, 1, "Record it in the log and the audit."),

	/* ---- other files ---- */
	OTHER("admins.json: discord_admin_users", OPTION_LIST, NULL,
		"Ids of the people who may do everything, everywhere."),
	OTHER("admins.json: admin_notes", OPTION_TABLE, NULL, "What the owner wrote beside each."),
	OTHER("ddc_rights.json: admin_roles", OPTION_LIST, NULL,
		"Ids of the roles whose members are admins; ddc's own file."),
	OTHER("ddc_rights.json: grants", OPTION_LIST, NULL,
		"Who may do what to which containers, under which conditions: [rights.md](rights.md)."),
	OTHER("ddc_rights.json: groups", OPTION_TABLE, NULL, "Names for several containers, for grants."),
	OTHER("ddc_rights.json: control_channels", OPTION_TEXT, "open",
		"Whether everybody in a control channel may act, or only admins and those with a grant."),
	OTHER("server_order.json: server_order", OPTION_LIST, NULL,
		"Decides between containers with the same `order`."),
	OTHER_OFF("tasks.json", OPTION_LIST, "The schedule.", WHY_WAVE2),
	OTHER_OFF("auto_actions.json", OPTION_TABLE, "Rules that act on messages.", WHY_WAVE2),
	OTHER_OFF("auto_actions_state.json", OPTION_TABLE, "When they last did.", WHY_WAVE2),
	OTHER_OFF("channel_translations.json", OPTION_TABLE, "Translated channels, and the sealed key of the service.",
		WHY_WAVE2),
	OTHER_OFF(".translation_key", OPTION_SECRET, "The key that unseals it.", WHY_WAVE2),
	LATER("auto_actions.json: global_settings.enabled", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"Rules are followed."),
	LATER("auto_actions.json: global_settings.global_cooldown_seconds", OPTION_INT, 30, NULL, 0, 86400, NULL, "s",
		"Pause between any two."),
	LATER("auto_actions.json: global_settings.protected_containers", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"Containers no rule touches."),
	LATER("auto_actions.json: global_settings.audit_channel_id", OPTION_ID, 0, NULL, 0, 0, NULL, NULL,
		"Stored, unused in the original."),
	LATER("auto_actions.json: global_settings.audit_level", OPTION_TEXT, 0, "actions_only", 0, 0, NULL, NULL,
		"Stored, unused in the original."),
	LATER("auto_actions.json: global_settings.log_all_checks", OPTION_BOOL, 0, NULL, 0, 1, NULL, NULL,
		"Stored, unused in the original."),
	LATER("auto_actions.json: auto_actions[].name", OPTION_TEXT, 0, "New Rule", 0, 100, NULL, NULL,
		"Name of a rule."),
	LATER("auto_actions.json: auto_actions[].enabled", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"This rule is followed."),
	LATER("auto_actions.json: auto_actions[].priority", OPTION_INT, 10, NULL, 1, 100, NULL, NULL,
		"High ones first."),
	LATER("auto_actions.json: auto_actions[].trigger.channel_ids", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"Channels it listens in."),
	LATER("auto_actions.json: auto_actions[].trigger.keywords", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"Words, one of which (or all) must be there."),
	LATER("auto_actions.json: auto_actions[].trigger.required_keywords", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"Words that must all be there."),
	LATER("auto_actions.json: auto_actions[].trigger.ignore_keywords", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"Words that must not be there."),
	LATER("auto_actions.json: auto_actions[].trigger.match_mode", OPTION_CHOICE, 0, "any", 0, 0, "any all", NULL,
		"Whether one keyword is enough."),
	LATER("auto_actions.json: auto_actions[].trigger.regex_pattern", OPTION_TEXT, 0, NULL, 0, 500, NULL, NULL,
		"A pattern instead."),
	LATER("auto_actions.json: auto_actions[].trigger.search_in", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"content, embeds."),
	LATER("auto_actions.json: auto_actions[].trigger.source_filter.allowed_user_ids", OPTION_LIST, 0, NULL, 0, 0,
		NULL, NULL, "Whose messages count."),
	LATER("auto_actions.json: auto_actions[].trigger.source_filter.allowed_usernames", OPTION_LIST, 0, NULL, 0, 0,
		NULL, NULL, "Likewise, by name."),
	LATER("auto_actions.json: auto_actions[].trigger.source_filter.is_webhook", OPTION_BOOL, 0, NULL, 0, 1, NULL,
		NULL, "Only webhooks, or only people."),
	LATER("auto_actions.json: auto_actions[].action.type", OPTION_CHOICE, 0, "NOTIFY", 0, 0,
		"RESTART STOP START RECREATE NOTIFY", NULL, "What is done."),
	LATER("auto_actions.json: auto_actions[].action.containers", OPTION_LIST, 0, NULL, 0, 0, NULL, NULL,
		"To which."),
	LATER("auto_actions.json: auto_actions[].action.delay_seconds", OPTION_INT, 0, NULL, 0, 3600, NULL, "s",
		"After so long."),
	LATER("auto_actions.json: auto_actions[].action.notification_channel_id", OPTION_ID, 0, NULL, 0, 0, NULL, NULL,
		"Where it is told."),
	LATER("auto_actions.json: auto_actions[].action.silent", OPTION_BOOL, 0, NULL, 0, 1, NULL, NULL,
		"Told nobody."),
	LATER("auto_actions.json: auto_actions[].safety.cooldown_minutes", OPTION_INT, 1440, NULL, 1, 10080, NULL,
		"min", "Pause between two."),
	LATER("auto_actions.json: auto_actions[].safety.only_if_running", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"Stored, unused in the original."),
	LATER("tasks.json: [].container", OPTION_TEXT, 0, NULL, 0, 255, NULL, NULL, "Docker name."),
	LATER("tasks.json: [].action", OPTION_CHOICE, 0, NULL, 0, 0, "start stop restart", NULL, "What is done."),
	LATER("tasks.json: [].cycle", OPTION_CHOICE, 0, NULL, 0, 0, "once daily weekly monthly yearly cron", NULL,
		"How often."),
	LATER("tasks.json: [].schedule_details.time", OPTION_TEXT, 0, NULL, 0, 5, NULL, NULL, "HH:MM."),
	LATER("tasks.json: [].schedule_details.day", OPTION_TEXT, 0, NULL, 0, 9, NULL, NULL,
		"1 to 31, or monday to sunday."),
	LATER("tasks.json: [].schedule_details.month", OPTION_INT, 1, NULL, 1, 12, NULL, NULL, "Month."),
	LATER("tasks.json: [].schedule_details.year", OPTION_INT, 0, NULL, 0, 9999, NULL, NULL, "Year."),
	LATER("tasks.json: [].schedule_details.cron_string", OPTION_TEXT, 0, NULL, 0, 0, NULL, NULL,
		"Pattern of cron."),
	LATER("tasks.json: [].is_active", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL, "It is followed."),
	LATER("tasks.json: []._timezone_str", OPTION_TEXT, 0, "Europe/Berlin", 0, 64, NULL, NULL, "Its zone."),
	LATER("channel_translations.json: settings.enabled", OPTION_BOOL, 0, NULL, 0, 1, NULL, NULL,
		"Messages are translated."),
	LATER("channel_translations.json: settings.provider", OPTION_CHOICE, 0, "deepl", 0, 0, "deepl google microsoft",
		NULL, "By whom."),
	LATER("channel_translations.json: settings.api_key_env", OPTION_TEXT, 0, "TRANSLATION_API_KEY", 0, 0, NULL,
		NULL, "Variable with the key."),
	LATER("channel_translations.json: settings.api_key_encrypted", OPTION_SECRET, 0, NULL, 0, 0, NULL, NULL,
		"The key, sealed with `.translation_key`."),
	LATER("channel_translations.json: settings.deepl_api_url", OPTION_TEXT, 0,
		"https://api-free.deepl.com/v2/translate", 0, 0, NULL, NULL, "Address of DeepL."),
	LATER("channel_translations.json: settings.google_project_id", OPTION_TEXT, 0, NULL, 0, 0, NULL, NULL,
		"Project of Google."),
	LATER("channel_translations.json: settings.rate_limit_per_minute", OPTION_INT, 60, NULL, 1, 600, NULL, NULL,
		"Messages in a minute."),
	LATER("channel_translations.json: settings.max_text_length", OPTION_INT, 5000, NULL, 100, 50000, NULL, NULL,
		"Longest message."),
	LATER("channel_translations.json: settings.show_original_link", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"Link to the original."),
	LATER("channel_translations.json: settings.show_provider_footer", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"Name the service."),
	LATER("channel_translations.json: channel_pairs[].name", OPTION_TEXT, 0, NULL, 0, 100, NULL, NULL,
		"Name of a pair."),
	LATER("channel_translations.json: channel_pairs[].enabled", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"This pair is translated."),
	LATER("channel_translations.json: channel_pairs[].source_channel_id", OPTION_ID, 0, NULL, 0, 0, NULL, NULL,
		"From this channel …"),
	LATER("channel_translations.json: channel_pairs[].target_channel_id", OPTION_ID, 0, NULL, 0, 0, NULL, NULL,
		"… to this one."),
	LATER("channel_translations.json: channel_pairs[].source_language", OPTION_TEXT, 0, NULL, 0, 0, NULL, NULL,
		"Empty: find out."),
	LATER("channel_translations.json: channel_pairs[].target_language", OPTION_TEXT, 0, NULL, 0, 0, NULL, NULL,
		"Into which language."),
	LATER("channel_translations.json: channel_pairs[].translate_embeds", OPTION_BOOL, 1, NULL, 0, 1, NULL, NULL,
		"Embeds too."),
	OTHER_OFF("query_support.json", OPTION_TABLE, "Which game servers answer.", WHY_WAVE2),
	OTHER("mech_state.json: channel_overview_message_ids", OPTION_TABLE, NULL,
		"Which message is the panel of which channel."),
	OTHER_OFF("container_timeouts.json", OPTION_TABLE, "Patience per container.", "there is one patience for all"),
	OTHER_OFF("update_status.json", OPTION_TABLE, "Which notice of an update was shown.", "ddc shows none"),
	OTHER_OFF("donation_notification.json", OPTION_TABLE, "A message from the page to the bot.", WHY_MECH),
	OTHER_OFF("evolution_mode.json", OPTION_TABLE, "Donation game.", WHY_MECH),
	OTHER_OFF("mech/", OPTION_TABLE, "Donation game.", WHY_MECH),
	OTHER_OFF("progress/", OPTION_TABLE, "Donation game.", WHY_MECH),
};

/* clang-format on */

const size_t option_count = sizeof options / sizeof *options;

size_t option_value_count(void)
{
	size_t n = option_count;
	while (n && options[n - 1].store > STORE_MAIN)
		n--;
	return n;
}

const struct option *option_find_in(enum option_store store, struct str name)
{
	for (size_t i = 0; i < option_count; i++)
		if (options[i].store == store && str_is(name, options[i].name))
			return &options[i];
	return NULL;
}

const struct option *option_find(const char *name)
{
	for (enum option_store s = STORE_ENVIRONMENT; s <= STORE_MAIN; s++) {
		const struct option *o = option_find_in(s, str_of(name));
		if (o)
			return o;
	}
	return NULL;
}

bool option_is_known_variable(struct str name)
{
	return option_find_in(STORE_ENVIRONMENT, name) || option_find_in(STORE_ADVANCED, name);
}

enum { NAME_BYTES_MAX = 64 };

/* Levenshtein's distance, one row at a time. */
static unsigned distance(struct str a, struct str b)
{
	unsigned row[NAME_BYTES_MAX + 1];
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned replace = diagonal + ((a.p[i - 1] | 32) != (b.p[j - 1] | 32));
			unsigned other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = replace < other ? replace : other;
		}
	}
	return row[b.n];
}

const char *option_nearest(struct str name)
{
	const char *best = NULL;
	unsigned best_distance = (unsigned)(name.n / 3 + 1);
	if (name.n > NAME_BYTES_MAX)
		return NULL;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		struct str known = str_of(o->name);
		if (o->store > STORE_ADVANCED || known.n > NAME_BYTES_MAX)
			continue;
		unsigned d = distance(name, known);
		if (d < best_distance) {
			best = o->name;
			best_distance = d;
		}
	}
	return best;
}

const char *option_type_name(enum option_type type)
{
	static const char *const names[] = {[OPTION_BOOL] = "yes/no",
		[OPTION_INT] = "number",
		[OPTION_TEXT] = "text",
		[OPTION_CHOICE] = "choice",
		[OPTION_ID] = "id",
		[OPTION_SECRET] = "secret",
		[OPTION_LIST] = "list",
		[OPTION_TABLE] = "table"};
	return names[type];
}

const char *option_store_name(enum option_store store)
{
	static const char *const names[STORE_COUNT] = {[STORE_ENVIRONMENT] = "environment",
		[STORE_ADVANCED] = "environment, or config.json: advanced_settings",
		[STORE_MAIN] = "config.json",
		[STORE_CONTAINER] = "containers/<name>.json",
		[STORE_CHANNEL] = "channels/<id>.json",
		[STORE_SPAM] = "channels_config.json: spam_protection",
		[STORE_OTHER] = "a file of its own"};
	return names[store];
}

const char *option_effect_name(enum option_effect effect)
{
	static const char *const names[] = {[AT_ONCE] = "at once",
		[ON_RECONNECT] = "at once, by a new connection to Discord",
		[AT_START] = "at the next start"};
	return names[effect];
}

const char *option_allowed(const struct option *o, char *out, size_t size)
{
	switch (o->type) {
	case OPTION_BOOL: snprintf(out, size, "true or false (also 1 and 0)"); break;
	case OPTION_INT:
		snprintf(out, size, "a whole number from %lld to %lld%s%s", (long long)o->min, (long long)o->max,
			o->unit ? " " : "", o->unit ? o->unit : "");
		break;
	case OPTION_CHOICE: snprintf(out, size, "one of: %s", o->choices); break;
	case OPTION_ID: snprintf(out, size, "an id of Discord, 17 to 20 digits"); break;
	case OPTION_LIST: snprintf(out, size, "a list in [ ]"); break;
	case OPTION_TABLE: snprintf(out, size, "an object in { }"); break;
	default:
		if (o->max)
			snprintf(out, size, "text of at most %lld characters", (long long)o->max);
		else
			snprintf(out, size, "text");
	}
	return out;
}

static bool parse_bool(struct str s, int64_t *ret)
{
	static const char *const yes[] = {"1", "true", "yes", "on"}, *const no[] = {"0", "false", "no", "off", ""};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (str_is_nocase(s, yes[i])) {
			*ret = 1;
			return true;
		}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (str_is_nocase(s, no[i])) {
			*ret = 0;
			return true;
		}
	return false;
}

/* "30", "30.0", "2.5" (what is behind the point is dropped, as the original's int() does). Never through a
 * double. */
static bool parse_int(const struct option *o, struct str s, int64_t *ret, bool *ret_clamped)
{
	struct str fraction;
	bool negative = s.n && s.p[0] == '-';
	struct str whole = str_split(s, '.', &fraction);
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		whole.p++, whole.n--;
	for (size_t i = 0; i < fraction.n; i++)
		if (fraction.p[i] < '0' || fraction.p[i] > '9')
			return false;
	if (!whole.n)
		return false;
	uint64_t u = 0;
	for (size_t i = 0; i < whole.n; i++)
		if (whole.p[i] < '0' || whole.p[i] > '9')
			return false;
	if (!str_to_u64(whole, &u) || u > INT64_MAX)
		u = INT64_MAX; /* more digits than a number has: the range decides */
	int64_t value = negative ? -(int64_t)u : (int64_t)u;
	*ret_clamped = value < o->min || value > o->max;
	*ret = value < o->min ? o->min : value > o->max ? o->max : value;
	return true;
}

/* Case does not matter; the result is the spelling of the table. */
static bool parse_choice(const struct option *o, struct str s, struct str *ret)
{
	struct str rest = str_of(o->choices);
	while (rest.n) {
		struct str one = str_split(rest, ' ', &rest);
		char word[32];
		str_copy(word, sizeof word, one);
		if (str_is_nocase(s, word)) {
			*ret = one;
			return true;
		}
	}
	return false;
}

/* "" is how the original writes "none". */
static bool parse_id(struct str s, int64_t *ret)
{
	uint64_t id = 0;
	bool ok = !s.n || snowflake_parse(s, &id);
	*ret = ok ? (int64_t)id : 0;
	return ok;
}

bool option_parse(const struct option *o, struct str text, int64_t *ret_number, struct str *ret_text, bool *ret_clamped)
{
	struct str s = str_trim(text);
	*ret_clamped = false;
	*ret_text = s;
	switch (o->type) {
	case OPTION_BOOL: return parse_bool(s, ret_number);
	case OPTION_INT: return parse_int(o, s, ret_number, ret_clamped);
	case OPTION_CHOICE: return parse_choice(o, s, ret_text);
	case OPTION_ID: return parse_id(s, ret_number);
	default: return !o->max || s.n <= (size_t)o->max;
	}
}
