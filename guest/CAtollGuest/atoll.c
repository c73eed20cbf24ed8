#include "atoll.h"
