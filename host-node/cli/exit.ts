// What the program's exit says. Scripts rely on these numbers.

/** All that was asked for was done; broken rows in a session are told, and no failure. */
export const EXIT_OK = 0;
/** Something could not be read, built or written; whatever could be, was. */
export const EXIT_FAILED = 1;
/** The command line makes no sense; nothing was done. */
export const EXIT_USAGE = 2;
