/* provision: turns plain Linux machines into what labs need. docs/ARCHITECTURE.md is where to start reading. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
        return cli_main(argc, argv);
}
