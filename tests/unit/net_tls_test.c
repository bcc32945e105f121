/* Whom the TLS client trusts, against openssl's server with certificates made for this run. */
#include "test.h"

#include "leftovers.h"
#include "net/http_client.h"
#include "net/roots.h"
#include "net_peer.h"

#include <fcntl.h>
#include <poll.h>

/* good: localhost and 127.0.0.1, signed by a CA through an intermediate. The names of the CA are awkward on purpose:
 * capitals, several blanks, letters outside ASCII. */
static const char make_certificates[] =
	"set -e; exec 2>log >&2\n"
	"req() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 \"$@\"; }\n"
	"req -x509 -days 30 -keyout ca.key -out ca.pem -subj '/C=DE/O=Test  Größe   CA /CN=The  ROOT of Tests'\n"
	"req -x509 -days 30 -keyout stranger.key -out stranger.pem -subj '/O=Test  Größe   CA /CN=Stranger'\n"
	"cat >ca.cnf <<EOF\n"
	"[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
	"unique_subject=no\ncopy_extensions=copy\n[p]\ncommonName=supplied\n[inter]\nbasicConstraints=critical,CA:true\n"
	"EOF\n"
	": >index; echo 01 >serial\n"
	"sign() { n=$1 by=$2; shift 2; openssl ca -batch -config ca.cnf -cert $by.pem -keyfile $by.key -in $n.csr -out $n.pem"
	" -notext \"$@\"; }\n"
	"leaf() { req -keyout $1.key -out $1.csr -subj /CN=$1 -addext \"subjectAltName=$2\"; }\n"
	"req -keyout inter.key -out inter.csr -subj /CN=Intermediate; sign inter ca -days 20 -extensions inter\n"
	"leaf good DNS:localhost,IP:127.0.0.1; sign good inter -days 10\n"
	"leaf other DNS:other.example; sign other ca -days 10\n"
	"leaf expired DNS:localhost; sign expired ca -startdate 20200101000000Z -enddate 20210101000000Z\n"
	"leaf future DNS:localhost; sign future ca -startdate 20900101000000Z -enddate 20910101000000Z\n"
	"leaf unknown DNS:localhost; sign unknown stranger -days 10\n"
	"leaf client DNS:client; sign client ca -days 10\n"
	"openssl req -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.csr -subj /CN=rsa -addext subjectAltName=DNS:localhost\n"
	"sign rsa ca -days 10\n"
	"head -c 200000 /dev/zero | tr '\\0' b >big\n"
	"mkdir dir; cp ca.pem dir/; openssl rehash dir\n"
	"cat stranger.pem $(ls /etc/ssl/certs/ca-certificates.crt 2>/dev/null) ca.pem >bundle.pem\n";

static char folder[] = "/tmp/ddc-tls-test-XXXXXX";
static struct loop *loop;

static const char *in_folder(const char *name)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

/* ---- openssl's server ---- */

static uint16_t free_port(void)
{
	struct peer p = {0};
	int fd = peer_listen(&p, false);
	close(fd);
	return p.port;
}

static bool answers(uint16_t port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = connect(fd, (struct sockaddr *)&in, sizeof in) == 0;
	close(fd);
	return ok;
}

/* more: further arguments, in words */
static struct peer serve(const char *certificate, const char *more)
{
	struct peer p = {.port = free_port()};
	p.pid = fork();
	if (p.pid == 0) {
		char command[512];
		int log = open(in_folder("server.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, 1);
		dup2(log, 2);
		if (chdir(folder) == 0) {
			snprintf(command, sizeof command,
				"exec openssl s_server -accept 127.0.0.1:%u -cert %s.pem -key %s.key -cert_chain inter.pem %s %s",
				p.port, certificate, certificate, strstr(more, "-WWW") ? "" : "-www", more);
			execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		}
		_exit(1);
	}
	for (int i = 0; i < 200 && !answers(p.port); i++)
		usleep(20000);
	return p;
}

/* ---- one request ---- */

struct seen {
	struct buf body;
	bool done, failed;
	struct err err;
};

static void on_body(ticket t, struct str bytes, void *arg)
{
	struct seen *s = arg;
	(void)t;
	buf_add_view(&s->body, bytes);
}

static void on_end(ticket t, const struct err *err, void *arg)
{
	struct seen *s = arg;
	(void)t;
	s->done = true;
	s->failed = err != NULL;
	if (err)
		s->err = *err;
}

static const char *path = "/";

static struct seen get(struct net *net, const struct peer *p, const char *host, const struct http_peer_options *o)
{
	static const struct http_handler handler = {NULL, on_body, on_end};
	struct http_request q = {.method = "GET", .path = path, .head_timeout_ms = 8000};
	struct url u = {.scheme = URL_HTTPS, .port = p->port};
	struct seen s = {0};
	struct err err;
	buf_init(&s.body, MEM_TEST, 1 << 20);
	str_copy(u.host, sizeof u.host, str_of(host));
	struct http_peer *peer = http_peer_new(net, &u, o, &err);
	if (!peer)
		fail_msg("%s", err.text);
	assert_int_not_equal(http_request(peer, &q, &handler, &s, &err), TICKET_NONE);
	assert_true(turn_until(loop, &s.done));
	http_peer_free(peer);
	return s;
}

static const struct http_peer_options usual = {.connections_max = 1, .waiting_max = 1};

static struct net *net_trusting(const char *file, const char *directory)
{
	struct net_trust trust = {file, directory};
	struct net *net = net_new(loop, &trust, NULL);
	assert_non_null(net);
	return net;
}

/* The words of the refusal, or of the page: "" is just any page. */
static void expect(const char *certificate, const char *more, const char *host, const char *refusal, const char *page)
{
	struct net *net = net_trusting(in_folder("ca.pem"), NULL);
	struct peer p = serve(certificate, more);
	struct seen s = get(net, &p, host, &usual);
	if (refusal && (!s.failed || s.err.code != ERR_TLS || !strstr(s.err.text, refusal)))
		fail_msg("%s %s: %s", certificate, more, s.failed ? s.err.text : "was accepted");
	if (!refusal && (s.failed || !strstr(buf_text(&s.body), page)))
		fail_msg("%s %s: %s", certificate, more, s.failed ? s.err.text : buf_text(&s.body));
	buf_clear(&s.body);
	peer_stop(&p);
	net_free(net);
}

static void versions(void **state)
{
	(void)state;
	expect("good", "-tls1_3", "localhost", NULL, "TLSv1.3");
	expect("good", "-tls1_2", "localhost", NULL, "TLSv1.2");
	expect("good", "", "127.0.0.1", NULL, "TLSv1.3");
	expect("rsa", "-tls1_3", "localhost", NULL, "TLSv1.3");
	expect("rsa", "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", "localhost", NULL, "TLSv1.2");
}

/* A server may fill its records (16 KiB), whatever we would like: a file of 200,000 bytes in as few as it takes. */
static void full_records(void **state)
{
	static const char *const versions[] = {"-WWW -tls1_3", "-WWW -tls1_2"};
	(void)state;
	path = "/big";
	for (size_t i = 0; i < 2; i++) {
		struct net *net = net_trusting(in_folder("ca.pem"), NULL);
		struct peer p = serve("good", versions[i]);
		struct seen s = get(net, &p, "localhost", &usual);
		if (s.failed)
			fail_msg("%s: %s", versions[i], s.err.text);
		assert_int_equal(s.body.length, 200000);
		buf_clear(&s.body);
		peer_stop(&p);
		net_free(net);
	}
	path = "/";
}

static void certificates_that_are_refused(void **state)
{
	static const char *const versions[] = {"-tls1_3", "-tls1_2"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		expect("other", versions[i], "localhost", "another name", NULL);
		expect("expired", versions[i], "localhost", "has expired", NULL);
		expect("future", versions[i], "localhost", "not valid yet", NULL);
		expect("unknown", versions[i], "localhost", "does not trust", NULL);
		expect("stranger", versions[i], "localhost", "refused", NULL);
	}
	expect("rsa", "-tls1_3", "127.0.0.1", "another name", NULL);
}

static void trusted_places(void **state)
{
	static const struct {
		const char *file, *directory;
		bool trusted;
	} cases[] = {{"ca.pem", NULL, true}, {"bundle.pem", NULL, true}, {NULL, "dir", true},
		{"stranger.pem", NULL, false}, {NULL, "empty", false}, {"stranger.pem", "dir", true},
		{"missing.pem", NULL, false}, {NULL, NULL, false}};
	struct peer p = serve("good", "");
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct net *net = net_trusting(cases[i].file ? in_folder(cases[i].file) : NULL,
			cases[i].directory ? in_folder(cases[i].directory) : NULL);
		struct seen s = get(net, &p, "localhost", &usual);
		if (s.failed == cases[i].trusted)
			fail_msg("case %zu: %s", i, s.failed ? s.err.text : "trusted");
		/* A parsed bundle would be half a megabyte. */
		assert_true(mem_use_of(MEM_TLS).peak_bytes < 100 * 1024);
		buf_clear(&s.body);
		net_free(net);
	}
	peer_stop(&p);
}

static void sessions_are_resumed(void **state)
{
	static const char *const versions[] = {"-tls1_3", "-tls1_2"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct net *net = net_trusting(in_folder("ca.pem"), NULL);
		struct peer p = serve("good", versions[i]);
		struct seen first = get(net, &p, "localhost", &usual), second = get(net, &p, "localhost", &usual);
		assert_false(first.failed || second.failed);
		assert_non_null(strstr(buf_text(&first.body), "New, "));
		if (!strstr(buf_text(&second.body), "Reused, "))
			fail_msg("%s was not resumed", versions[i]);
		buf_clear(&first.body);
		buf_clear(&second.body);
		peer_stop(&p);
		net_free(net);
	}
}

static void client_certificate(void **state)
{
	struct net *net = net_trusting(in_folder("empty.pem"), NULL); /* the private CA alone decides */
	struct peer p = serve("good", "-Verify 1 -verify_return_error -CAfile ca.pem");
	struct http_peer_options o = usual;
	(void)state;
	o.tls_ca_file = in_folder("ca.pem");
	struct seen s = get(net, &p, "localhost", &o);
	assert_true(s.failed);
	buf_clear(&s.body);
	o.tls_cert_file = in_folder("client.pem");
	o.tls_key_file = in_folder("client.key");
	s = get(net, &p, "localhost", &o);
	if (s.failed)
		fail_msg("%s", s.err.text);
	buf_clear(&s.body);
	peer_stop(&p);
	net_free(net);
}

static void files_that_cannot_be_used(void **state)
{
	struct net *net = net_trusting(NULL, NULL);
	struct url u = {.scheme = URL_HTTPS, .host = "localhost", .port = 1};
	struct err err;
	(void)state;
	struct http_peer_options missing = {.tls_ca_file = in_folder("missing.pem")},
				 half = {.tls_cert_file = in_folder("client.pem")},
				 no_pem = {.tls_ca_file = in_folder("index")},
				 foreign = {.tls_cert_file = in_folder("client.pem"),
					 .tls_key_file = in_folder("good.key")};
	assert_null(http_peer_new(net, &u, &missing, &err));
	assert_non_null(strstr(err.text, "missing.pem"));
	assert_null(http_peer_new(net, &u, &half, &err));
	assert_null(http_peer_new(net, &u, &no_pem, &err));
	assert_null(http_peer_new(net, &u, &foreign, &err));
	assert_non_null(strstr(err.text, "does not belong"));
	net_free(net);
}

static void part_plain(int fd, int nth)
{
	(void)nth;
	say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
}

static void part_hangs_up(int fd, int nth)
{
	char bytes[64];
	(void)nth;
	(void)!recv(fd, bytes, sizeof bytes, 0);
}

static void servers_that_speak_something_else(void **state)
{
	struct net *net = net_trusting(NULL, NULL);
	part_fn *const parts[] = {part_plain, part_hangs_up};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct peer p = peer_start(parts[i], false);
		struct seen s = get(net, &p, "127.0.0.1", &usual);
		assert_true(s.failed && s.err.text[0]);
		peer_stop(&p);
	}
	net_free(net);
}

/* `openssl x509 -hash` is the authority. */
static void name_hashes(void **state)
{
	static const char *const names[] = {"ca.pem", "stranger.pem", "inter.pem", "good.pem"};
	struct net *net = net_trusting(NULL, NULL); /* starts the cryptography */
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char command[256], line[64] = "";
		unsigned char der[4096];
		mbedtls_x509_crt crt;
		uint32_t hash;
		snprintf(command, sizeof command, "openssl x509 -hash -noout -in %s", in_folder(names[i]));
		FILE *f = popen(command, "r");
		assert_non_null(fgets(line, sizeof line, f));
		pclose(f);
		snprintf(command, sizeof command, "openssl x509 -outform der -in %s", in_folder(names[i]));
		f = popen(command, "r");
		size_t n = fread(der, 1, sizeof der, f);
		pclose(f);
		mbedtls_x509_crt_init(&crt);
		assert_int_equal(mbedtls_x509_crt_parse_der(&crt, der, n), 0);
		assert_true(roots_name_hash((struct str){(const char *)crt.subject_raw.p, crt.subject_raw.len}, &hash));
		assert_int_equal(hash, strtoul(line, NULL, 16));
		for (size_t cut = 0; cut < crt.subject_raw.len; cut++) /* never reads beyond, never accepts half */
			assert_false(roots_name_hash((struct str){(const char *)crt.subject_raw.p, cut}, &hash));
		mbedtls_x509_crt_free(&crt);
	}
	net_free(net);
}

static int set_up(void **state)
{
	char command[8192];
	(void)state;
	loop = loop_new();
	if (!loop || !mkdtemp(folder) || leftovers_watch(folder))
		return -1;
	snprintf(command, sizeof command, "cd %s\n%s", folder, make_certificates);
	return system(command);
}

static int tear_down(void **state)
{
	leftovers_remove(folder);
	loop_free(loop);
	return check_no_leak(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_hashes),
		cmocka_unit_test(versions),
		cmocka_unit_test(full_records),
		cmocka_unit_test(certificates_that_are_refused),
		cmocka_unit_test(trusted_places),
		cmocka_unit_test(sessions_are_resumed),
		cmocka_unit_test(client_certificate),
		cmocka_unit_test(files_that_cannot_be_used),
		cmocka_unit_test(servers_that_speak_something_else),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
