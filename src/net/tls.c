#include "net/tls.h"

#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "net/roots.h"

#include <mbedtls/pk.h>
#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PEM_FILE_BYTES_MAX = 256 * 1024, SESSIONS_MAX = 2, SESSION_KEY_BYTES = 128 };

/* The last session with a host, so that the next handshake is short: Discord's gateway and its REST address.
 */
struct saved_session {
	char host[SESSION_KEY_BYTES]; /* "": free */
	mbedtls_ssl_session session;
};

struct tls_profile {
	mbedtls_ssl_config conf;
	mbedtls_ssl_config without_pss; /* a copy for those hosts, with another list; what it points at is conf's */
	char pss_fails[SESSIONS_MAX][SESSION_KEY_BYTES];
	unsigned next_pss_fails;
	mbedtls_x509_crt ca, cert;
	mbedtls_pk_context key;
	struct saved_session saved[SESSIONS_MAX];
	unsigned next_saved;
};

struct tls {
	mbedtls_ssl_context ssl;
	struct tls_profile *profile;
	struct tls_transport transport;
	char *host;
	bool without_pss;
	int transport_errno; /* why the transport failed, 0 */
};

/* ---- the library ---- */

static unsigned library_users;

static void *calloc_for_tls(size_t count, size_t size)
{
	return mem_array(MEM_TLS, count, size);
}

bool tls_library_init(struct err *err)
{
	if (library_users == 0)
		mbedtls_platform_set_calloc_free(calloc_for_tls, mem_free);
	if (library_users == 0 && psa_crypto_init() != PSA_SUCCESS)
		return err_set(err, ERR_SYSTEM, "the cryptography library could not be started (no random numbers?)");
	library_users++;
	return true;
}

void tls_library_end(void)
{
	if (--library_users == 0)
		mbedtls_psa_crypto_free();
}

static int random_bytes(void *unused, unsigned char *out, size_t length)
{
	(void)unused;
	rand_bytes(out, length);
	return 0;
}

/* ---- profiles ---- */

static bool read_file(const char *path, struct err *err, char **ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot read %.100s", path);
	char *text = mem_zalloc(MEM_TLS, PEM_FILE_BYTES_MAX + 1);
	ssize_t n = 0, total = 0;
	while (text && total < PEM_FILE_BYTES_MAX &&
		(n = read(fd, text + total, (size_t)(PEM_FILE_BYTES_MAX - total))) > 0)
		total += n;
	if (n < 0)
		err_errno(err, "cannot read %.100s", path);
	else if (!text)
		err_set(err, ERR_MEMORY, "no memory to read %.100s", path);
	else if (total == PEM_FILE_BYTES_MAX)
		err_set(err, ERR_LIMIT, "%.100s is larger than %d KiB", path, PEM_FILE_BYTES_MAX / 1024);
	else {
		close(fd);
		*ret_text = text;
		return true;
	}
	close(fd);
	mem_free(text);
	return false;
}

static bool load_certificates(const char *path, mbedtls_x509_crt *into, struct err *err)
{
	char *text;
	if (!read_file(path, err, &text))
		return false;
	int failure = mbedtls_x509_crt_parse(into, (const unsigned char *)text, strlen(text) + 1);
	mem_free(text);
	return failure == 0 || err_set(err, ERR_TLS, "%.100s is not a PEM certificate", path);
}

static bool load_key(const char *path, mbedtls_pk_context *into, struct err *err)
{
	char *text;
	if (!read_file(path, err, &text))
		return false;
	int failure =
		mbedtls_pk_parse_key(into, (const unsigned char *)text, strlen(text) + 1, NULL, 0, random_bytes, NULL);
	mem_free_secret(text);
	return failure == 0 || err_set(err, ERR_TLS, "%.100s is not an unencrypted PEM key", path);
}

static bool load_identity(struct tls_profile *p, const struct tls_options *o, struct err *err)
{
	if (!o->cert_file && !o->key_file)
		return true;
	if (!o->cert_file || !o->key_file)
		return err_set(err, ERR_INPUT, "a client certificate needs its key, and the key its certificate");
	if (!load_certificates(o->cert_file, &p->cert, err) || !load_key(o->key_file, &p->key, err))
		return false;
	if (mbedtls_pk_check_pair(&p->cert.pk, &p->key, random_bytes, NULL) != 0)
		return err_set(err, ERR_TLS, "the key in %.60s does not belong to the certificate in %.60s",
			o->key_file, o->cert_file);
	return mbedtls_ssl_conf_own_cert(&p->conf, &p->cert, &p->key) == 0 ||
	       err_set(err, ERR_MEMORY, "no memory for TLS");
}

/* mbedTLS' own order puts RSA-PSS first, which a server that has to stay with TLS 1.2 then takes, and which
 * mbedTLS cannot verify there (3.6.6, mbedtls_ssl_tls12_sig_alg_is_supported()). TLS 1.3 passes over PKCS#1
 * by itself. */
static const uint16_t signature_algorithms[] = {MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384, MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256, MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512, MBEDTLS_TLS1_3_SIG_NONE};

/* Where a server insists on its own order (ssl_prefer_server_ciphers), that does not help: it takes PSS. Its
 * next handshake offers none. TLS 1.3 stays on offer, so that nobody can talk us out of it. */
static const uint16_t signatures_without_pss[] = {MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384, MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
	MBEDTLS_TLS1_3_SIG_NONE};

static bool configure(struct tls_profile *p, const struct tls_options *o, struct err *err)
{
	static const char *protocols[] = {"http/1.1", NULL};
	if (mbedtls_ssl_config_defaults(
		    &p->conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT))
		return err_set(err, ERR_MEMORY, "no memory for TLS");
	mbedtls_ssl_conf_rng(&p->conf, random_bytes, NULL);
	mbedtls_ssl_conf_min_tls_version(&p->conf, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_max_tls_version(&p->conf, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_sig_algs(&p->conf, signature_algorithms);
	mbedtls_ssl_conf_alpn_protocols(&p->conf, protocols);
	mbedtls_ssl_conf_authmode(&p->conf, o->no_verify ? MBEDTLS_SSL_VERIFY_NONE : MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
		&p->conf, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
	if (o->ca_file) {
		if (!load_certificates(o->ca_file, &p->ca, err))
			return false;
		mbedtls_ssl_conf_ca_chain(&p->conf, &p->ca, NULL);
	} else if (o->roots)
		mbedtls_ssl_conf_ca_cb(&p->conf, roots_find_issuer, o->roots);
	return load_identity(p, o, err);
}

struct tls_profile *tls_profile_new(const struct tls_options *o, struct err *err)
{
	struct tls_profile *p = mem_zalloc(MEM_TLS, sizeof *p);
	if (!p) {
		err_set(err, ERR_MEMORY, "no memory for TLS");
		return NULL;
	}
	mbedtls_ssl_config_init(&p->conf);
	mbedtls_x509_crt_init(&p->ca);
	mbedtls_x509_crt_init(&p->cert);
	mbedtls_pk_init(&p->key);
	for (unsigned i = 0; i < SESSIONS_MAX; i++)
		mbedtls_ssl_session_init(&p->saved[i].session);
	if (configure(p, o, err)) {
		p->without_pss = p->conf;
		mbedtls_ssl_conf_sig_algs(&p->without_pss, signatures_without_pss);
		return p;
	}
	tls_profile_free(p);
	return NULL;
}

void tls_profile_free(struct tls_profile *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < SESSIONS_MAX; i++)
		mbedtls_ssl_session_free(&p->saved[i].session);
	mbedtls_ssl_config_free(&p->conf);
	mbedtls_x509_crt_free(&p->ca);
	mbedtls_x509_crt_free(&p->cert);
	mbedtls_pk_free(&p->key);
	mem_free(p);
}

/* ---- sessions ---- */

static struct saved_session *find_saved(struct tls_profile *p, const char *host)
{
	for (unsigned i = 0; i < SESSIONS_MAX; i++)
		if (strcmp(p->saved[i].host, host) == 0)
			return &p->saved[i];
	return NULL;
}

static void save_session(struct tls *t)
{
	struct tls_profile *p = t->profile;
	struct saved_session *s = find_saved(p, t->host);
	if (strlen(t->host) >= SESSION_KEY_BYTES)
		return;
	if (!s)
		s = &p->saved[p->next_saved++ % SESSIONS_MAX];
	mbedtls_ssl_session_free(&s->session);
	mbedtls_ssl_session_init(&s->session);
	bool saved = mbedtls_ssl_get_session(&t->ssl, &s->session) == 0;
	str_copy(s->host, sizeof s->host, str_of(saved ? t->host : ""));
}

/* ---- servers that choose a signature which we cannot check ---- */

static char *find_pss_fails(struct tls_profile *p, const char *host)
{
	for (unsigned i = 0; i < SESSIONS_MAX; i++)
		if (strcmp(p->pss_fails[i], host) == 0)
			return p->pss_fails[i];
	return NULL;
}

/* A failed handshake without PSS is no reason to stay without: the server may have been changed. */
static void learn_from_failure(struct tls *t, int failure)
{
	struct tls_profile *p = t->profile;
	bool chose_pss = failure == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER &&
			 mbedtls_ssl_get_version_number(&t->ssl) == MBEDTLS_SSL_VERSION_TLS1_2;
	char *known = find_pss_fails(p, t->host);
	if (t->without_pss && known)
		known[0] = '\0';
	else if (!t->without_pss && chose_pss && !known && strlen(t->host) < SESSION_KEY_BYTES)
		str_copy(p->pss_fails[p->next_pss_fails++ % SESSIONS_MAX], SESSION_KEY_BYTES, str_of(t->host));
}

/* ---- connections ---- */

static int bio_send(void *arg, const unsigned char *bytes, size_t length)
{
	struct tls *t = arg;
	ssize_t n = t->transport.send(t->transport.arg, bytes, length);
	if (n >= 0)
		return (int)n;
	t->transport_errno = (int)-n;
	return n == -EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int bio_recv(void *arg, unsigned char *bytes, size_t length)
{
	struct tls *t = arg;
	ssize_t n = t->transport.recv(t->transport.arg, bytes, length);
	if (n >= 0)
		return (int)n;
	t->transport_errno = n == -EAGAIN ? 0 : (int)-n;
	return n == -EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

struct tls *tls_new(struct tls_profile *p, const char *host, const struct tls_transport *transport, struct err *err)
{
	struct tls *t = mem_zalloc(MEM_TLS, sizeof *t);
	if (!t)
		goto no_memory;
	mbedtls_ssl_init(&t->ssl);
	t->profile = p;
	t->transport = *transport;
	t->host = mem_strdup(MEM_TLS, host);
	t->without_pss = find_pss_fails(p, host) != NULL;
	if (!t->host || mbedtls_ssl_setup(&t->ssl, t->without_pss ? &p->without_pss : &p->conf) ||
		mbedtls_ssl_set_hostname(&t->ssl, host))
		goto no_memory;
	mbedtls_ssl_set_bio(&t->ssl, t, bio_send, bio_recv, NULL);
	struct saved_session *s = find_saved(p, host);
	if (s)
		mbedtls_ssl_set_session(&t->ssl, &s->session); /* if it cannot be used, the handshake is a full one */
	return t;
no_memory:
	tls_free(t);
	err_set(err, ERR_MEMORY, "no memory for a TLS connection");
	return NULL;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	mbedtls_ssl_free(&t->ssl);
	mem_free(t->host);
	mem_free(t);
}

/* What a certificate may be guilty of, the most telling first. */
static const struct {
	uint32_t flag;
	const char *why;
} verdicts[] = {
	{MBEDTLS_X509_BADCERT_EXPIRED, "it has expired"},
	{MBEDTLS_X509_BADCERT_FUTURE, "it is not valid yet (is this machine's clock right?)"},
	{MBEDTLS_X509_BADCERT_CN_MISMATCH, "it is for another name"},
	{MBEDTLS_X509_BADCERT_NOT_TRUSTED, "it is signed by somebody this system does not trust"},
	{MBEDTLS_X509_BADCERT_REVOKED, "it has been revoked"},
	{MBEDTLS_X509_BADCERT_BAD_MD, "it is signed with an outdated hash"},
	{MBEDTLS_X509_BADCERT_BAD_PK, "its kind of key is not accepted"},
	{MBEDTLS_X509_BADCERT_BAD_KEY, "its key is too weak"},
	{MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, "it is not meant for servers"},
	{MBEDTLS_X509_BADCERT_MISSING, "there is none"},
};

static void explain_certificate(struct tls *t, struct err *err)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(&t->ssl);
	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (flags & verdicts[i].flag) {
			err_set(err, ERR_TLS, "the certificate of %.80s is refused: %s", t->host, verdicts[i].why);
			return;
		}
	err_set(err, ERR_TLS, "the certificate of %.80s is refused (flags 0x%x)", t->host, (unsigned)flags);
}

static void explain(struct tls *t, int failure, struct err *err)
{
	if (t->transport_errno)
		err_set(err, ERR_UNREACHABLE, "the connection to %.80s broke: %s", t->host,
			strerror(t->transport_errno));
	else if (failure == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
		explain_certificate(t, err);
	else if (failure == MBEDTLS_ERR_SSL_CONN_EOF)
		err_set(err, ERR_PROTOCOL, "%.80s ended the TLS connection without a goodbye", t->host);
	else if (failure == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		err_set(err, ERR_TLS, "%.80s refused the TLS connection (alert)", t->host);
	else if (failure == MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION)
		err_set(err, ERR_TLS, "%.80s offers neither TLS 1.2 nor TLS 1.3", t->host);
	else if (failure == MBEDTLS_ERR_SSL_INVALID_RECORD || failure == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE)
		err_set(err, ERR_TLS, "%.80s does not speak TLS here", t->host);
	else
		err_set(err, ERR_TLS, "TLS with %.80s failed (mbedTLS -0x%04x)", t->host, (unsigned)-failure);
}

static bool must_wait(int result)
{
	return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
}

int tls_handshake(struct tls *t, struct err *err)
{
	int result = mbedtls_ssl_handshake(&t->ssl);
	if (must_wait(result))
		return -EAGAIN;
	if (result != 0) {
		learn_from_failure(t, result);
		explain(t, result, err);
		return -EPROTO;
	}
	if (mbedtls_ssl_get_version_number(&t->ssl) == MBEDTLS_SSL_VERSION_TLS1_2)
		save_session(t); /* TLS 1.3 sends its tickets later */
	return 0;
}

ssize_t tls_read(struct tls *t, void *bytes, size_t length, struct err *err)
{
	int result;
	while ((result = mbedtls_ssl_read(&t->ssl, bytes, length)) == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
		save_session(t);
	if (result > 0)
		return result;
	if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		return 0;
	if (result == 0) /* the connection ended, and nobody said so inside TLS: anybody may have cut it there */
		result = MBEDTLS_ERR_SSL_CONN_EOF;
	if (must_wait(result))
		return -EAGAIN;
	explain(t, result, err);
	return -EPROTO;
}

ssize_t tls_write(struct tls *t, const void *bytes, size_t length, struct err *err)
{
	int result;
	/* A ticket that came just before is taken in by whatever call is next, and that may be this one. */
	while ((result = mbedtls_ssl_write(&t->ssl, bytes, length)) == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
		save_session(t);
	if (result > 0)
		return result;
	if (must_wait(result))
		return -EAGAIN;
	explain(t, result, err);
	return -EPROTO;
}

bool tls_has_pending(const struct tls *t)
{
	return mbedtls_ssl_check_pending(&t->ssl) != 0;
}

void tls_goodbye(struct tls *t)
{
	mbedtls_ssl_close_notify(&t->ssl);
}

const char *tls_version(const struct tls *t)
{
	return mbedtls_ssl_get_version(&t->ssl);
}
