/* provision: turns plain Linux machines into what labs need. docs/ARCHITECTURE.md is where to start reading. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

/* Everything is written and closed by the time that cli_main returns. The farewells of some fifty libraries would only take
 * 7 ms and touch 1 MiB of their pages again (measured); but a build that counts or checks at its end needs them. */
#ifdef ORDERLY_EXIT
#define END exit
#else
#define END _exit
#endif

int main(int argc, char **argv)
{
        END(cli_main(argc, argv));
}
