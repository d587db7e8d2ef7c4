#pragma once
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

// A function pointer that could be set, which Swift does not want to read.
static inline void sluice_gnutls_free(void *memory) { gnutls_free(memory); }
