/*
 * cppcheck - what cppcheck is told of sys/queue.h, which it does not read.
 * Never built.
 */
#define LIST_HEAD(name, type)                                                  \
	struct name {                                                          \
		struct type *lh_first;                                         \
	}
