/* firewalld, asked and changed by its D-Bus interface. */
#pragma once

/* Shell functions: runs (is it at work), zone METHOD … (a call about a zone as it is now), kept ZONE METHOD … (as it is
 * configured), string TEXT (the first string in what a call printed). */
extern const char firewalld_functions[];
