#include "CPlatform.h"

#include <malloc.h>

void sluice_give_back_free_memory(void) { malloc_trim(0); }
