/* The command line interface: from the program's arguments to its exit status. */
#pragma once

int cli_main(int argc, char **argv);
