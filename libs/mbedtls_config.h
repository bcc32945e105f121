/*
 * mbedTLS as ddc needs it: a TLS 1.2 and 1.3 client that verifies, and the hashes and the one cipher that the
 * configuration folder and the WebSocket handshake use. Whatever is not named here is not built.
 *
 * tools/build-libs installs this file in place of upstream's mbedtls/mbedtls_config.h, so including any mbedTLS
 * header gives exactly these settings. Names and meanings: mbedTLS 3.6, include/mbedtls/mbedtls_config.h.
 * docs/decisions/0002 says what it costs.
 */
#ifndef DDC_MBEDTLS_CONFIG_H
#define DDC_MBEDTLS_CONFIG_H

/* The platform. Allocation is redirected to base/mem at start, so that TLS has its own line in the memory report. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C

/* Hashes: SHA-1 is for Sec-WebSocket-Accept (RFC 6455, 4.2.2) and for old password hashes, never for certificates. */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_MD5_C       /* these three are only for reading password hashes that other tools made */
#define MBEDTLS_RIPEMD160_C
#define MBEDTLS_SHA3_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_PKCS5_C /* PBKDF2 */

/* Ciphers: GCM and ChaCha20 for TLS; CBC for the bot token (Fernet) alone, no TLS suite uses it. */
#define MBEDTLS_CIPHER_C
#define MBEDTLS_AES_C
#define MBEDTLS_AESNI_C
#define MBEDTLS_AESCE_C
#define MBEDTLS_AES_ROM_TABLES   /* tables in read-only pages, which are not ours to pay for */
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_GCM_C
#define MBEDTLS_CIPHER_MODE_CBC
#define MBEDTLS_CIPHER_PADDING_PKCS7
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

/* Public keys. */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_PARSE_EC_EXTENDED
#define MBEDTLS_OID_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PSA_CRYPTO_C /* TLS 1.3 is built on it */

/* A scalar multiplication with a smaller table: a handshake takes a millisecond longer and 3 KiB less. */
#define MBEDTLS_ECP_WINDOW_SIZE      2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_MPI_WINDOW_SIZE      2
#define MBEDTLS_MPI_MAX_SIZE         1024 /* RSA up to 8192 bits */

/* Certificates: roots come one at a time from a callback (docs/decisions/0003), never as a parsed bundle. */
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
#define MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK

/* TLS. */
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL_ENABLED /* session tickets */
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_SESSION_TICKETS
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE /* TLS 1.3 needs it in 3.6 */
#define MBEDTLS_SSL_IN_CONTENT_LEN  16384 /* a peer may send full records and ignores our wish for less */
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096  /* the gateway takes no longer message; longer bodies take more records */
/* Not MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH: after the handshake it cuts the incoming buffer to the smaller of the two
 * lengths above (3.6.6, mbedtls_ssl_get_input_max_frag_len()), and the first record of more than 4 KiB would end the
 * connection. tests/unit/net_tls_test.c sends such records. */

#endif
