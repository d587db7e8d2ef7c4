#pragma once
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

// A macro that Swift cannot read: the parts that make a public key.
static inline int sluice_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }
