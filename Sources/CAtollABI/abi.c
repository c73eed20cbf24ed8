#include "atoll_abi.h"
