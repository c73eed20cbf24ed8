typedef int atoll_c_placeholder;
