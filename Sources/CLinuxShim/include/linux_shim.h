typedef int atoll_shim_placeholder;
