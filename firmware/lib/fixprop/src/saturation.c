#include "fixprop_saturation.h"

#ifdef FIXPROP_COUNT_SATURATION
_Thread_local fixprop_saturations fixprop_saturated;
#else
typedef int fixprop_counts_nothing; /* C wants a declaration in every file */
#endif
