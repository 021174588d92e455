/* Each way to get a host.conf wrong, and what is said: A and B are the files. For test_config.c. */
#pragma once

#include "config_files.h"

#define SUM           "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define NETWORK(keys) HOST "network \"n\" { mode = nat address = \"192.168.150.1/24\"\n" keys "}\n"

static const struct row wrongs[] = {
        {"the least there can be", HOST, .problems = {NULL}},
        {"an empty file has no host", "",
                .problems = {"A:1: there is no host: add host \"NAME\" { connect = \"root@ADDRESS\" }"}},
        {"every problem is told in one go, by line",
                "host \"h\" { connect = local become = maybe }\n\npool \"p\" { pth = \"/x\" }\nsysctl \"a\" "
                "{ value = 1 }\ninclude(\"101\")\nnework \"n\" { }\n",
                "unit \"x\" { }\n# c\nfoo = 1", {"host.h.becme=1"},
                {"A:1: host \"h\": become: \"maybe\" is neither true nor false",
                        "A:3: pool \"p\": there is no key \"pth\"; did you mean \"path\"?",
                        "A:3: pool \"p\": path is missing: add path = \"/var/lib/libvirt/NAME\"",
                        "A:4: sysctl \"a\": key: \"a\" is not a sysctl: write it as sysctl -a does, "
                        "\"net.ipv4.ip_forward\"",
                        "A:6: there is no section \"nework\"; did you mean \"network\"?",
                        "B:1: unit \"x\": name: \"x\" doesn't end in a type of unit: write \"x.service\", or "
                        ".socket, .target, .timer, .path, .mount, .automount, .swap, .slice",
                        "B:3: there is no key \"foo\" outside of sections",
                        "--set host.h.becme=1: there is no key \"becme\"; did you mean \"become\"?"}},

        /* syntax */
        {"comments of all kinds don't disturb the count of lines",
                "# a\n// b\n/* c\n   d */ /**/\n# # /* e\nhost \"h\" { # { \" ' \n connect = local // f\n x "
                "= 1 }\n",
                .problems = {"A:8: host \"h\": there is no key \"x\"; its keys are connect, identity, "
                             "known_hosts, host_key, become, become_password_file, reboot_if_needed"}},
        {"strings over several lines don't disturb the count of lines",
                HOST "file \"/x\" { content = \"a\nb\\\nc # no comment\n\"\n mode = 9 }\n",
                .problems = {"A:6: file \"/x\": mode: \"9\" is no mode: write three or four octal digits, as "
                             "in \"0644\""}},
        {"a string in double quotes without an end", HOST "pool \"p {\n}\n",
                .problems = {"A:2: the string that starts here has no end: write \" after it"}},
        {"a string in single quotes without an end", HOST "x = 'p \\' {\n}\n",
                .problems = {"A:2: the string that starts here has no end: write ' after it"}},
        {"a string that ends in a backslash", HOST "x = \"p\\",
                .problems = {"A:2: the string that starts here has no end: write \" after it"}},
        {"a comment without an end", HOST "\n/* p *\n}\n",
                .problems = {"A:3: the comment that starts here has no end: write */ after it"}},
        {"a section without an end", "\nhost \"h\" {\n connect = local\n",
                .problems = {"A:2: the { on this line is never closed: a } is missing after it"}},
        {"a section that swallows the next ones",
                "host \"h\" { connect = local\nnetwork \"n\" { mode = nat }\nfoo \"x\" { }\n",
                .problems = {"A:1: the { on this line is never closed: a } is missing after it",
                        "A:2: host \"h\": network can't stand inside: is a } missing before it?",
                        "A:3: host \"h\": there is no section \"foo\"; there are deadlines"}},
        {"a brace too many", HOST "}\n", .problems = {"A:2: the } here closes nothing: remove it"}},
        {"a section without its name", HOST "pool { }",
                .problems = {"A:2: the section pool needs a name in quotes before its {"}},
        {"a section with a name it can't have", HOST "packages \"x\" { }",
                .problems = {"A:2: the section packages needs a { here"}},
        {"a key without a value", HOST "pool \"p\" { path }",
                .problems = {"A:2: \"path\" needs an = and a value after it"}},
        {"a key at the end", HOST "foo =", .problems = {"A:2: the file ends in the middle of a setting"}},
        {"a list without commas", HOST "packages { install = {\"a\" \"b\"} }",
                .problems = {"A:2: \"b\" is out of place here: write KEY = VALUE, KEY = {\"A\", \"B\"}, or "
                             "SECTION \"NAME\" { ... }"}},
        {"what was wrong before a syntax error is told too", "host \"h\" { conect = x\n become = 2 = 3 }\n",
                .problems = {"A:1: host \"h\": there is no key \"conect\"; did you mean \"connect\"?",
                        "A:2: \"=\" is out of place here: write KEY = VALUE, KEY = {\"A\", \"B\"}, or "
                        "SECTION \"NAME\" { ... }",
                        "A:2: host \"h\": become: \"2\" is neither true nor false"}},
        {"an empty name", HOST "\"\" = 1",
                .problems = {"A:2: what stands here has no meaning: is a name empty?"}},
        {"a name that the parser would look up elsewhere", HOST "\"host=h|connect\" = 1",
                .problems = {"A:2: no sub-section 'h' in 'host'"}},
        {"a section named as the parser's own root", HOST "root { a = 1 }\n",
                .problems = {"A:2: \"root\" is not known here"}},
        {"a lone plus", HOST "a + b",
                .problems = {"A:2: a lone + stands here: remove it, or put quotes around it"}},
        {"a lone star", HOST "a = b*",
                .problems = {"A:2: a lone * stands here: remove it, or put quotes around it"}},
        {"a NUL by its escape", HOST "a = \"x\\0\"",
                .problems = {"A:2: the escape \\0 stands for a NUL byte, which no value can hold"}},
        {"a NUL by its escape in hexadecimal", HOST "a = \"x\\x00\"",
                .problems = {"A:2: the escape \\x00 stands for a NUL byte, which no value can hold"}},
        {"an octal escape that is no byte", HOST "a = \"\\777\"",
                .problems = {"A:2: \"\\777\" is no octal escape: \\001 to \\377 are"}},
        {"an octal escape with too many digits", HOST "a = \"\\0018\"",
                .problems = {"A:2: \"\\0018\" is no escape: \\n, \\t, \\\\, \\\", \\ooo and \\xhh are"}},

        /* unknown names */
        {"unknown keys and sections of every form",
                HOST "a = 1\nb = {1, 2}\nc = {}\nd += {1}\ne { x = 1 }\nf \"t\" { y { z = {} } }\n",
                .problems = {"A:2: there is no key \"a\" outside of sections",
                        "A:3: there is no key \"b\" outside of sections",
                        "A:5: there is no key \"d\" outside of sections",
                        "A:6: there is no section \"e\"; there are host, deadlines, network, pool, image, "
                        "packages, unit, sysctl, group, file, guest, load_balancer, boot_server, firewall, "
                        "cluster, "
                        "opnsense, firewall_pair, machine",
                        "A:7: there is no section \"f\"; there are host, deadlines, network, pool, image, "
                        "packages, unit, sysctl, group, file, guest, load_balancer, boot_server, firewall, "
                        "cluster, "
                        "opnsense, firewall_pair, machine",
                        "A:8: there is no key \"c\" outside of sections"}},
        {"the same unknown key in many sections",
                "host \"h\" { connect = local ac = 1 }\nhost \"i\" { connect = i ac = 2 }\n",
                .problems = {"A:1: host \"h\": there is no key \"ac\"; its keys are connect, identity, "
                             "known_hosts, host_key, become, become_password_file, reboot_if_needed",
                        "A:2: host \"i\": there is no key \"ac\"; its keys are connect, identity, "
                        "known_hosts, host_key, become, become_password_file, reboot_if_needed"}},
        {"unknown keys in a section inside", "host \"h\" { connect = local deadlines { linx = 1s } }",
                .problems =
                        {"A:1: host \"h\": deadlines: there is no key \"linx\"; did you mean \"linux\"?"}},
        {"an unknown name in two forms", HOST "a = 1\na { }\na \"x\" { }",
                .problems = {"A:2: \"a\" is not known here"}},

        /* values in general */
        {"two values for one", HOST "pool \"p\" { path = {\"/a\", \"/b\"} }",
                .problems =
                        {"A:2: pool \"p\": path takes one value, not 2: path = \"/var/lib/libvirt/NAME\""}},
        {"an empty list", HOST "pool \"p\" { path = \"/a\"\n hosts = {}\n}",
                .problems = {"A:4: pool \"p\": hosts = {} is empty: give it a value, hosts = {\"NAME\", "
                             "...}, or leave it out"}},
        {"a key set twice", HOST "pool \"p\" { path = \"/a\"\n path = \"/b\" }",
                .problems =
                        {"A:3: pool \"p\": path is set twice, first at A:2: remove one (+= adds to a list)"}},
        {"a reboot of the machine that provision runs on",
                "host \"h\" { connect = local reboot_if_needed = true }",
                .problems = {"A:1: host \"h\": reboot_if_needed would reboot the machine that provision runs "
                             "on, for "
                             "connect is local"}},
        {"a section that stands once, twice", HOST "deadlines { kvm = 1s }\ndeadlines { linux = 1s }",
                .problems = {"A:3: deadlines stands twice, first at A:2: write one section of both"}},
        {"control characters and newlines in values",
                HOST "pool \"p\" { path = \"/a\\033[1m\" }\npool \"q\\n\" { path = \"/q\" }",
                .problems = {"A:2: pool \"p\": path: the value holds the byte 0x1b, a control character or "
                             "no UTF-8: leave it out",
                        "A:3: pool \"q?\": name: the value holds the byte 0x0a, a control character or no "
                        "UTF-8: leave it out"}},
        {"UTF-8 broken by an escape", HOST "file \"/a\" { content = \"a\\xff\" }",
                .problems = {"A:2: file \"/a\": content: the value holds the byte 0xff, a control character "
                             "or no UTF-8: only tabs and newlines are possible"}},
        {"no boolean", "host \"h\" { connect = local become = 1 }",
                .problems = {"A:1: host \"h\": become: \"1\" is neither true nor false"}},
        {"no duration", HOST "deadlines { kvm = 15 linux = \"0s\" }",
                .problems = {"A:2: deadlines: kvm: \"15\" is not a duration: write numbers with their units "
                             "(d, h, min, s), as in 90s, 15min or 1h30min",
                        "A:2: deadlines: linux: \"0s\" leaves no time: write more than 0s"}},

        /* the environment */
        {"a variable that isn't set", HOST "\npool \"p\" {\n path = \"/a${TEST_CONFIG_NONE}\" }",
                .problems = {"A:4: the environment variable TEST_CONFIG_NONE is not set: set it, or write "
                             "${TEST_CONFIG_NONE:-default}"}},
        {"a variable that isn't set hides what follows from it",
                HOST "pool \"p\" { path = ${TEST_CONFIG_NONE} }",
                .problems = {"A:2: the environment variable TEST_CONFIG_NONE is not set: set it, or write "
                             "${TEST_CONFIG_NONE:-default}"}},
        {"a variable in an included file", HOST "include(\"101\")", "\nx = ${TEST_CONFIG_NONE}\n",
                .problems = {"B:2: the environment variable TEST_CONFIG_NONE is not set: set it, or write "
                             "${TEST_CONFIG_NONE:-default}"}},
        {"variables in comments and single quotes are none",
                HOST "# ${TEST_CONFIG_NONE}\n/* ${X */ sysctl \"a.b\" { value = '${TEST_CONFIG_NONE}' }",
                .problems = {NULL}},
        {"a variable with a default may be unset",
                HOST "sysctl \"a.b\" { value = \"${TEST_CONFIG_NONE:-1}\" }", .problems = {NULL}},
        {"what is no variable's name", HOST "x = \"${a b}\"",
                .problems = {"A:2: ${a b} names no variable: write ${NAME} or ${NAME:-default}"}},
        {"a variable without an end", HOST "x = \"${HOME\"\n",
                .problems = {"A:2: ${ has no } on its line: write ${NAME} or ${NAME:-default}, or \\${ for "
                             "the characters themselves"}},
        {"a variable inside a word", HOST "x = a${HOME}\n",
                .problems = {"A:2: ${ inside a word needs double quotes around all of it"}},

        /* includes */
        {"a file that includes itself", HOST "include(\"100\")\n",
                .problems = {"A:2: A is read already, as A: name each file once"}},
        {"files that include each other", HOST "include(\"101\")\n", "include(\"100\")\n",
                .problems = {"B:1: A is read already, as A: name each file once"}},
        {"an included file that isn't there", HOST "\ninclude(\"/nonexistent\")\n",
                .problems = {"A:3: include: /nonexistent: can't be opened: No such file or directory"}},
        {"an included directory", HOST "include(\".\")\n",
                .problems = {"A:2: include: /proc/self/fd/.: is a directory, not a file"}},
        {"an include without a name", HOST "include(\"\")\n",
                .problems = {"A:2: include: a file's name can't be empty"}},
        {"an include in a section", "host \"h\" { connect = local\n include(\"101\") }",
                .problems = {"A:2: include stands outside of sections only"}},
        {"an include of two files", HOST "include(\"101\",\n\"102\")\n",
                .problems = {"A:2: parentheses hold one file's name: include(\"more.conf\")"}},
        {"an include of nothing", HOST "include()\n",
                .problems = {"A:2: parentheses hold one file's name: include(\"more.conf\")"}},
        {"an include without an end", HOST "include(\"101\"",
                .problems = {"A:2: the file ends after a ( without its )"}},
        {"a section can't go on in another file", HOST "include(\"101\")\npool \"p\" { path = \"/a\" }",
                "pool \"q\" {",
                .problems = {"B:1: the { on this line is never closed: a } is missing after it",
                        "B:1: pool \"q\": path is missing: add path = \"/var/lib/libvirt/NAME\""}},

        /* hosts */
        {"a host without connect", "host \"h\" { }",
                .problems = {"A:1: host \"h\": connect is missing: add connect = \"root@ADDRESS\", "
                             "\"ssh://USER@HOST:PORT\" or \"local\""}},
        {"host names", "host \"-h\" { connect = a }\nhost \"\" { connect = b }\nhost \"a b\" { connect = c }",
                .problems = {"A:1: host \"-h\": name: \"-h\" is not a name: it has letters, digits, '.', "
                             "'_', '+' and '-', not starting with '-' or '.'",
                        "A:2: host \"\": name: \"\" is not a name: it has letters, digits, '.', '_', '+' and "
                        "'-', not starting with '-' or '.'",
                        "A:3: host \"a b\": name: \"a b\" is not a name: it has letters, digits, '.', '_', "
                        "'+' and '-', not starting with '-' or '.'"}},
        {"a host twice", "host \"h\" { connect = a }\nhost \"h\" { connect = b }\n",
                .problems = {"A:2: host \"h\": the name h is taken already, at A:1"}},
        {"two hosts at the same address",
                "host \"a\" { connect = \"root@x\" }\nhost \"b\" { connect = \"ssh://root@x\" }\n",
                .problems = {"A:2: host \"b\": connect = root@x is taken already, at A:1"}},
        {"local twice", "host \"a\" { connect = local }\nhost \"b\" { connect = local }\n",
                .problems = {"A:2: host \"b\": connect = local is taken already, at A:1"}},
        {"SSH's keys for local", "host \"a\" { connect = local\n identity = \"~/x\"\n host_key = strict }\n",
                .problems = {"A:2: host \"a\": identity is for hosts reached over SSH, and connect is local: "
                             "remove one of them",
                        "A:3: host \"a\": host_key is for hosts reached over SSH, and connect is local: "
                        "remove one of them"}},
        {"a password without become", "host \"a\" { connect = x\n become_password_file = p }\n",
                .problems = {"A:2: host \"a\": become_password_file needs become = true"}},
        {"no host key policy", "host \"a\" { connect = x host_key = no }\n",
                .problems = {"A:1: host \"a\": host_key: \"no\" is neither strict nor accept-new"}},
        {"somebody else's home", "host \"a\" { connect = x identity = \"~bob/x\" }\n",
                .problems = {"A:1: host \"a\": identity: \"~bob/x\": only ~/ stands for a directory, $HOME: "
                             "write other people's out"}},
        {"a host that isn't there",
                "host \"lab1\" { connect = x }\npool \"p\" { path = \"/p\"\n hosts = {\"lab1\", \"lab2\", "
                "\"z\"} }",
                .problems = {"A:3: pool \"p\": hosts: there is no host \"lab2\"; did you mean \"lab1\"?",
                        "A:3: pool \"p\": hosts: there is no host \"z\""}},

        /* networks */
        {"a network without mode", HOST "network \"n\" { }",
                .problems =
                        {"A:2: network \"n\": mode is missing: add mode = nat, isolated, routed or bridge"}},
        {"a mode that isn't one", HOST "network \"n\" { mode = nta }",
                .problems = {"A:2: network \"n\": mode: \"nta\" is none of nat, isolated, routed, bridge"}},
        {"nat and routed need an address",
                HOST "network \"n\" { mode = nat }\nnetwork \"m\" { mode = routed }",
                .problems = {"A:2: network \"n\": mode = nat needs address = \"192.168.150.1/24\": the "
                             "machine translates its guests' addresses into its own",
                        "A:3: network \"m\": mode = routed needs address = \"192.168.150.1/24\": the machine "
                        "is its guests' router"}},
        {"isolated needs none, but for dhcp",
                HOST "network \"n\" { mode = isolated }\nnetwork \"m\" { mode = isolated\n dhcp = "
                     "\"192.168.150.10-192.168.150.99\" uplink = eth0 }",
                .problems =
                        {"A:4: network \"m\": uplink makes no sense with mode = isolated: nothing leaves it",
                                "A:4: network \"m\": dhcp needs the machine's own address in the network: "
                                "add address = \"192.168.150.1/24\""}},
        {"a bridge network and what makes no sense in it",
                HOST "network \"n\" { mode = bridge address = \"10.0.0.1/24\"\n dhcp = "
                     "\"10.0.0.2-10.0.0.3\"\n uplink = eth0\n mtu = 1500\n domain = x\n lease \"l\" { mac = "
                     "\"52:54:00:00:00:01\" address = \"10.0.0.4\" }\n dns \"10.0.0.5\" { names = x }\n}",
                .problems = {"A:2: network \"n\": mode = bridge needs bridge = \"virbr-lab\": it names the "
                             "bridge that the machine has already",
                        "A:2: network \"n\": address makes no sense with mode = bridge: the network behind "
                        "the bridge gives the addresses",
                        "A:3: network \"n\": dhcp makes no sense with mode = bridge: the network behind the "
                        "bridge gives the addresses",
                        "A:4: network \"n\": uplink makes no sense with mode = bridge: the bridge has its "
                        "own ports",
                        "A:5: network \"n\": mtu makes no sense with mode = bridge: the bridge has its own",
                        "A:6: network \"n\": domain makes no sense with mode = bridge: the network behind "
                        "the bridge gives the names",
                        "A:7: network \"n\": lease makes no sense with mode = bridge: the network behind the "
                        "bridge gives the addresses",
                        "A:8: network \"n\": dns makes no sense with mode = bridge: the network behind the "
                        "bridge gives the names"}},
        {"interfaces' names", NETWORK("bridge = \"abcdefghijklmnop\"\n uplink = \"eth 0\" "),
                .problems = {"A:3: network \"n\": bridge: \"abcdefghijklmnop\" has 16 letters: the name of "
                             "an interface has at most 15",
                        "A:4: network \"n\": uplink: \"eth 0\" is not an interface: it has letters, digits, "
                        "'.', '_' and '-', not starting with '-' or '.'"}},
        {"an MTU that isn't one", NETWORK("mtu = 67") "network \"m\" { mode = isolated mtu = 15e2 }",
                .problems = {"A:3: network \"n\": mtu: \"67\" is no MTU: write a number from 68 to 65535",
                        "A:4: network \"m\": mtu: \"15e2\" is no MTU: write a number from 68 to 65535"}},
        {"an MTU too small for IPv6",
                HOST "network \"n\" { mode = routed address = \"fd00::1/64\" mtu = 1000 }",
                .problems = {"A:2: network \"n\": mtu: IPv6 needs at least 1280, not 1000"}},
        {"a domain that isn't one", NETWORK("domain = \"-a.b\"") HOST,
                .problems = {"A:3: network \"n\": domain: \"-a.b\" is not a DNS name: it has letters, "
                             "digits, '-' and dots between them",
                        "A:4: host \"h\": connect = local is taken already, at A:1",
                        "A:4: host \"h\": the name h is taken already, at A:1"}},
        {"an address that no machine can have",
                HOST "network \"a\" { mode = nat address = \"192.168.1.0/24\" }\nnetwork \"b\" { mode = nat "
                     "address = \"192.168.2.255/24\" }\nnetwork \"c\" { mode = nat address = \"127.0.0.1/8\" "
                     "}\nnetwork \"d\" { mode = nat address = \"224.0.0.1/24\" }\nnetwork \"e\" { mode = nat "
                     "address = \"ff00::1/64\" }\nnetwork \"f\" { mode = nat address = \"fe80::1/64\" }\n"
                     "network \"g\" { mode = nat address = \"169.254.1.1/16\" }",
                .problems = {"A:2: network \"a\": address: 192.168.1.0 is the network itself or its "
                             "broadcast address: write one that the machine can have",
                        "A:3: network \"b\": address: 192.168.2.255 is the network itself or its broadcast "
                        "address: write one that the machine can have",
                        "A:4: network \"c\": address: 127.0.0.1 can't be a machine's address in a network of "
                        "guests: take one from a private network, as in 192.168.150.1/24",
                        "A:5: network \"d\": address: 224.0.0.1 can't be a machine's address in a network of "
                        "guests: take one from a private network, as in 192.168.150.1/24",
                        "A:6: network \"e\": address: ff00::1 can't be a machine's address in a network of "
                        "guests: take one from a private network, as in 192.168.150.1/24",
                        "A:7: network \"f\": address: fe80::1 can't be a machine's address in a network of "
                        "guests: take one from a private network, as in 192.168.150.1/24",
                        "A:8: network \"g\": address: 169.254.1.1 can't be a machine's address in a network "
                        "of guests: take one from a private network, as in 192.168.150.1/24"}},
        {"networks larger than there can be",
                HOST "host \"i\" { connect = i }\n"
                     "network \"a\" { mode = nat address = \"2001:db8::1/0\" }\n"
                     "network \"b\" { mode = nat address = \"10.0.0.1/4\" hosts = h }\n"
                     "network \"c\" { mode = nat address = \"100.0.0.1/0\" hosts = i }",
                .problems = {"A:3: network \"a\": address: a prefix of /0 is a larger network than there "
                             "can be: /1 at least, and /64 is usual",
                        "A:4: network \"b\": address: a prefix of /4 is a larger network than there can be: "
                        "/5 at least, and /24 is usual",
                        "A:5: network \"c\": address: a prefix of /0 is a larger network than there can be: "
                        "/2 at least, and /24 is usual"}},
        {"the largest networks there can be, each on its own host",
                HOST "host \"i\" { connect = i }\nhost \"j\" { connect = j }\n"
                     "network \"a\" { mode = nat address = \"10.0.0.1/5\" hosts = h }\n"
                     "network \"b\" { mode = nat address = \"192.168.0.1/1\" hosts = i }\n"
                     "network \"c\" { mode = nat address = \"2001:db8::1/1\" hosts = j }",
                .problems = {NULL}},
        {"IPv6 addresses given in too large a network",
                HOST "network \"a\" { mode = nat address = \"fd00::1/63\" dhcp = \"fd00::10-fd00::20\" }\n"
                     "network \"b\" { mode = nat address = \"fd01::1/64\" dhcp = \"fd01::10-fd01::20\" }\n"
                     "network \"c\" { mode = nat address = \"fd02::1/48\" }",
                .problems = {"A:2: network \"a\": dhcp: dnsmasq gives IPv6 addresses in networks of /64 and "
                             "smaller, and this is a /63: say address with /64, or leave dhcp out"}},
        {"ranges outside of the network",
                NETWORK("dhcp = {\"192.168.150.10-192.168.151.1\", \"10.0.0.1-10.0.0.2\"}"),
                .problems = {"A:3: network \"n\": dhcp: 192.168.150.10-192.168.151.1 lies outside the "
                             "network 192.168.150.1/24",
                        "A:3: network \"n\": dhcp: 10.0.0.1-10.0.0.2 lies outside the network "
                        "192.168.150.1/24"}},
        {"ranges that overlap",
                NETWORK("dhcp = {\"192.168.150.50-192.168.150.60\", \"192.168.150.10-192.168.150.50\"}"),
                .problems = {"A:3: network \"n\": dhcp: the ranges 192.168.150.10-192.168.150.50 and "
                             "192.168.150.50-192.168.150.60 overlap"}},
        {"a range within another",
                NETWORK("dhcp = {\"192.168.150.10-192.168.150.90\", \"192.168.150.20-192.168.150.30\"}"),
                .problems = {"A:3: network \"n\": dhcp: the ranges 192.168.150.10-192.168.150.90 and "
                             "192.168.150.20-192.168.150.30 overlap"}},
        {"ranges side by side",
                NETWORK("dhcp = {\"192.168.150.50-192.168.150.60\", \"192.168.150.10-192.168.150.49\"}"),
                .problems = {NULL}},
        {"a range with the machine's own address", NETWORK("dhcp = \"192.168.150.1-192.168.150.9\""),
                .problems = {"A:3: network \"n\": dhcp: 192.168.150.1-192.168.150.9 holds the machine's own "
                             "address 192.168.150.1"}},
        {"a range with the broadcast address", NETWORK("dhcp = \"192.168.150.200-192.168.150.255\""),
                .problems = {"A:3: network \"n\": dhcp: 192.168.150.200-192.168.150.255 holds the network's "
                             "own or its broadcast address"}},
        {"a range too long",
                HOST
                "network \"n\" { mode = nat address = \"10.0.0.1/8\" dhcp = \"10.1.0.0-10.2.0.0\" }\nnetwork "
                "\"m\" { mode = nat address = \"fd00::1/64\" dhcp = \"fd00::10-fd00::f:ffff:ffff\" "
                "}\nnetwork \"o\" { mode = nat address = \"11.0.0.1/8\" dhcp = \"11.1.0.0-11.1.255.254\" }",
                .problems = {"A:2: network \"n\": dhcp: 10.1.0.0-10.2.0.0 is too long a range: libvirt takes "
                             "at most 65535 addresses",
                        "A:3: network \"m\": dhcp: fd00::10-fd00::f:ffff:ffff is too long a range: libvirt "
                        "takes at most 65535 addresses"}},
        {"leases with the wrong addresses",
                NETWORK("lease a { mac = \"52:54:00:00:00:01\" address = \"192.168.150.1\" }\nlease b { mac "
                        "= \"52:54:00:00:00:02\" address = \"192.168.150.255\" }\nlease c { mac = "
                        "\"52:54:00:00:00:03\" address = \"192.168.151.2\" }\nlease d { mac = "
                        "\"52:54:00:00:00:04\" address = \"fd00::2\" }\nlease e { }\n"),
                .problems = {"A:3: network \"n\": lease \"a\": address: 192.168.150.1 is the machine's own "
                             "address",
                        "A:4: network \"n\": lease \"b\": address: 192.168.150.255 is the network's own or "
                        "its broadcast address",
                        "A:5: network \"n\": lease \"c\": address: 192.168.151.2 lies outside the network "
                        "192.168.150.1/24",
                        "A:6: network \"n\": lease \"d\": address: fd00::2 is IPv6, and fixed leases by MAC "
                        "are for IPv4",
                        "A:7: network \"n\": lease \"e\": mac is missing: add mac = \"52:54:00:12:34:56\"",
                        "A:7: network \"n\": lease \"e\": address is missing: add address = "
                        "\"192.168.150.20\""}},
        {"leases that share something",
                NETWORK("lease a { mac = \"52:54:00:00:00:01\" address = \"192.168.150.2\" }\nlease a { mac "
                        "= \"52:54:00:00:00:02\" address = \"192.168.150.3\" }\nlease c { mac = "
                        "\"52-54-00-00-00-01\" address = \"192.168.150.4\" }\nlease d { mac = "
                        "\"52:54:00:00:00:04\" address = \"192.168.150.2\" }\n"),
                .problems = {"A:4: network \"n\": lease \"a\": the name a is taken already, at A:3",
                        "A:5: network \"n\": lease \"c\": MAC address 52:54:00:00:00:01 is taken already, at "
                        "A:3",
                        "A:6: network \"n\": lease \"d\": address 192.168.150.2 is taken already, at A:3"}},
        {"dns sections for the same address",
                NETWORK("dns \"1.2.3.4\" { names = a }\ndns \"1.2.3.4\" { names = {b, \"c_\"} }\n"),
                .problems = {"A:4: network \"n\": dns \"1.2.3.4\": names: \"c_\" is not a DNS name or "
                             "wildcard: it "
                             "has letters, digits, '-' and dots between them, and \"*.\" at most in front",
                        "A:4: network \"n\": dns \"1.2.3.4\": address 1.2.3.4 is taken already, at A:3"}},
        {"networks that overlap on a host",
                HOST "host \"i\" { connect = i }\nnetwork \"a\" { mode = nat address = \"10.0.0.1/8\" hosts "
                     "= h }\nnetwork \"b\" { mode = nat address = \"10.1.2.1/24\" hosts = i }\nnetwork \"c\" "
                     "{ mode = nat address = \"10.1.2.65/26\" }\n",
                .problems = {"A:5: network \"c\": 10.1.2.65/26 overlaps 10.0.0.1/8 of network \"a\" at A:3, "
                             "and both are for the same host",
                        "A:5: network \"c\": 10.1.2.65/26 overlaps 10.1.2.1/24 of network \"b\" at A:4, and "
                        "both are for the same host"}},
        {"networks with the same bridge or name",
                HOST "network \"a\" { mode = bridge bridge = br0 }\nnetwork \"b\" { mode = bridge bridge = "
                     "br0 }\nnetwork \"a\" { mode = isolated }\n",
                .problems = {"A:3: network \"b\": bridge br0 is taken already, at A:2",
                        "A:4: network \"a\": the name a is taken already, at A:2"}},

        /* the others */
        {"the same names on different hosts",
                HOST
                "host \"i\" { connect = i }\npool \"p\" { path = \"/p\" hosts = h }\npool \"p\" { path = "
                "\"/p/q\" hosts = i }\nunit \"x.service\" { hosts = h }\nunit \"x.service\" { hosts = i }\n",
                .problems = {NULL}},
        {"the same names on one host",
                HOST "host \"i\" { connect = i }\npool \"p\" { path = \"/p\" hosts = h }\npool \"p\" { path "
                     "= \"/q\" hosts = {i, h} }\nunit \"x.service\" { }\nunit \"x.service\" { hosts = i "
                     "}\nsysctl \"a.b\" { value = 1 }\nsysctl \"a.b\" { value = 1 }\ngroup g { }\ngroup g { "
                     "}\nfile \"/a//b\" { type = absent }\nfile \"/a/b/\" { type = directory }\n",
                .problems = {"A:4: pool \"p\": the name p is taken already, at A:3",
                        "A:6: unit \"x.service\": the name x.service is taken already, at A:5",
                        "A:8: sysctl \"a.b\": the name a.b is taken already, at A:7",
                        "A:10: group \"g\": the name g is taken already, at A:9",
                        "A:12: file \"/a/b\": the name /a/b is taken already, at A:11"}},
        {"pools in one another",
                HOST "pool \"p\" { path = \"/p/q/\" }\npool \"q\" { path = \"/p/qq\" }\npool \"r\" { path = "
                     "\"/p\" }\n",
                .problems = {"A:4: pool \"r\": its path /p and /p/q of pool \"p\" at A:2 lie in one another, "
                             "and both are for the same host",
                        "A:4: pool \"r\": its path /p and /p/qq of pool \"q\" at A:3 lie in one another, and "
                        "both are for the same host"}},
        {"paths that aren't",
                HOST "pool \"p\" { path = \"p\" }\npool \"q\" { path = \"/a/../b\" }\npool \"r\" { path = "
                     "\"/\" }\nfile \"x\" { type = absent }\nunit \"x.service\" { restart_on = {\"etc\"} }\n",
                .problems = {"A:2: pool \"p\": path: \"p\" is not absolute: a path on the host starts with /",
                        "A:3: pool \"q\": path: \"/a/../b\" has a ..: write out where it leads",
                        "A:4: pool \"r\": path: \"/\" is the root directory: write a path below it",
                        "A:5: file \"x\": path: \"x\" is not absolute: a path on the host starts with /",
                        "A:6: unit \"x.service\": restart_on: \"etc\" is not absolute: a path on the host "
                        "starts with /"}},
        {"pools of each type",
                HOST "pool \"a\" { type = logical source = vg0 devices = {\"/dev/vdb\"} }\n"
                     "pool \"b\" { type = netfs source = \"[2001:db8::1]:/export/lab\" path = \"/srv/b\" }\n"
                     "pool \"c\" { type = dir path = \"/srv/c\" }\n",
                .problems = {NULL}},
        {"pools of no type",
                HOST
                "pool \"a\" { type = zfs path = \"/a\" }\npool \"b\" { }\npool \"c\" { source = x path = "
                "\"/c\" devices = {\"/dev/x\"} }\n",
                .problems = {"A:2: pool \"a\": type: \"zfs\" is none of dir, logical, netfs",
                        "A:3: pool \"b\": path is missing: add path = \"/var/lib/libvirt/NAME\"",
                        "A:4: pool \"c\": source makes no sense for type = dir",
                        "A:4: pool \"c\": devices makes no sense for type = dir"}},
        {"volume groups that aren't",
                HOST "pool \"a\" { type = logical }\npool \"b\" { type = logical source = \"-f/../x\" path = "
                     "\"/b\" }\npool \"c\" { type = logical source = \"-f/../x\" }\npool \"d\" { type = "
                     "logical source = vg }\npool \"e\" { type = logical source = vg }\n",
                .problems = {"A:2: pool \"a\": source is missing: add source = \"VOLUME-GROUP\" or "
                             "\"SERVER:/DIRECTORY\"",
                        "A:3: pool \"b\": path makes no sense for type = logical",
                        "A:4: pool \"c\": source: \"-f/../x\" is not a name: it has letters, digits, '.', "
                        "'_', "
                        "'+' and '-', not starting with '-' or '.'",
                        "A:6: pool \"e\": its path /dev/vg and /dev/vg of pool \"d\" at A:5 lie in one "
                        "another, "
                        "and both are for the same host"}},
        {"servers' directories that aren't",
                HOST
                "pool \"a\" { type = netfs path = \"/a\" }\npool \"b\" { type = netfs path = \"/b\" source = "
                "\"server\" }\npool \"c\" { type = netfs path = \"/c\" source = \"2001:db8::1:/x\" }\npool "
                "\"d\" { type = netfs path = \"/d\" source = \":/x\" }\n",
                .problems = {"A:2: pool \"a\": source is missing: add source = \"VOLUME-GROUP\" or "
                             "\"SERVER:/DIRECTORY\"",
                        "A:3: pool \"b\": source: \"server\" is no directory of a server: write "
                        "\"SERVER:/DIRECTORY\"",
                        "A:4: pool \"c\": source: \"2001:db8::1:/x\" is no directory of a server: write "
                        "\"SERVER:/DIRECTORY\"",
                        "A:5: pool \"d\": source: \":/x\" is no directory of a server: write "
                        "\"SERVER:/DIRECTORY\""}},
        {"images from here and from elsewhere",
                HOST "image \"a\" { file = \"a.qcow2\" pool = p }\n"
                     "image \"b\" { url = \"HTTPS://example.org:8080/b%20c.img?x=1\" pool = p format = raw "
                     "sha256 = " SUM " }\n",
                .problems = {NULL}},
        {"images from nowhere, and from two places",
                HOST "image \"a\" { pool = p }\nimage \"b\" { file = b url = \"http://b/\" sha256 = " SUM
                     " pool = p }\nimage \"c\" { url = \"http://c/\" }\nimage \"c\" { file = c pool = p }\n",
                .problems = {"A:2: image \"a\": an image comes from somewhere: add file = \"FILE\" or url = "
                             "\"https://...\"",
                        "A:3: image \"b\": file and url say the same thing twice: remove one",
                        "A:4: image \"c\": pool is missing: add pool = \"POOL\"",
                        "A:4: image \"c\": what comes from a url needs its checksum: add sha256 = \"64 HEX "
                        "DIGITS\"",
                        "A:5: image \"c\": the name c is taken already, at A:4"}},
        {"what is no checksum, no URL, no format",
                HOST "image \"a\" { url = \"ftp://x/y\" sha256 = \"abc\" pool = p format = vmdk }\n"
                     "image \"b\" { url = \"http://me:secret@x/y\" sha256 = " SUM " pool = p }\n"
                     "image \"c\" { url = \"http://x/a b\" sha256 = " SUM " pool = p }\n"
                     "image \"d\" { url = \"https:///a\" sha256 = " SUM "0 pool = p }\n",
                .problems = {"A:2: image \"a\": url: \"ftp://x/y\" is no URL that the machine can fetch: it "
                             "starts "
                             "with http:// or https://",
                        "A:2: image \"a\": sha256: \"abc\" is no SHA-256 checksum: write the 64 hex digits "
                        "that "
                        "sha256sum prints",
                        "A:2: image \"a\": format: \"vmdk\" is neither qcow2 nor raw",
                        "A:3: image \"b\": url: the URL holds a user's name or password, which plans and "
                        "logs "
                        "would show: leave it out, and let the machine's own ~root/.netrc say it",
                        "A:4: image \"c\": url: \"http://x/a b\" is no URL: write what isn't a plain letter "
                        "with "
                        "%, a blank as %20",
                        "A:5: image \"d\": url: \"https:///a\" is no URL: it names no host",
                        "A:5: image \"d\": sha256: \"" SUM
                        "0\" is no SHA-256 checksum: write the 64 hex digits "
                        "that sha256sum prints"}},
        {"an image in a volume group",
                HOST "pool \"vg\" { type = logical source = vg }\nimage \"a\" { file = a pool = vg }\n",
                .problems = {"A:3: image \"a\": pool \"vg\" is a volume group, and an image is a file: keep "
                             "it in "
                             "a pool of type dir or netfs"}},
        {"disks in a volume group that aren't raw",
                HOST "pool \"vg\" { type = logical source = vg }\npool \"p\" { path = \"/srv/p\" }\n"
                     "image \"i\" { url = \"http://x/i\" sha256 = " SUM " pool = p }\n"
                     "guest \"g\" { memory = 64MiB disk \"a\" { pool = vg size = 1GiB }\n"
                     "disk \"b\" { pool = vg image = i }\ndisk \"c\" { pool = vg image = i copy = true }\n"
                     "disk \"d\" { pool = vg image = i copy = true format = raw } }\n",
                .problems = {"A:5: guest \"g\": disk \"a\": pool \"vg\" is a volume group, which holds raw "
                             "volumes only: add format = raw",
                        "A:5: guest \"g\": disk \"b\": pool \"vg\" is a volume group, which holds raw "
                        "volumes only: add format = raw and copy = true",
                        "A:5: guest \"g\": disk \"c\": pool \"vg\" is a volume group, which holds raw "
                        "volumes only: add format = raw"}},
        {"packages' names",
                HOST "packages { }\npackages { apt = {\"g++\", \"lib_x:i386\", \"a b\", \"-o\"} }\n",
                .problems = {"A:2: packages: no package is named: add install = {\"tcpdump\"}, or one of "
                             "apt, dnf, zypper, pacman = {...}",
                        "A:3: packages: apt: \"a b\" is not a package: it has letters, digits, '+', '.', "
                        "'_', '~', ':' and '-', starting with a letter or digit",
                        "A:3: packages: apt: \"-o\" is not a package: it has letters, digits, '+', '.', '_', "
                        "'~', ':' and '-', starting with a letter or digit"}},
        {"units that can't be",
                HOST "unit \"a.service\" { masked = true active = true\n restart_on = \"/x\" }\nunit "
                     "\"b@.service\" { }\nunit \"c@.service\" { active = false }\nunit \"d@1.service\" { "
                     "}\nunit \"e.service\" { active = false\n restart_on = \"/x\" }\n",
                .problems =
                        {"A:2: unit \"a.service\": a masked unit can't be active: remove masked or active",
                                "A:3: unit \"a.service\": restart_on is for active units: remove it, or let "
                                "the unit be active",
                                "A:4: unit \"b@.service\": a template itself can't be active: name an "
                                "instance, as in \"name@one.service\", or add active = false",
                                "A:8: unit \"e.service\": restart_on is for active units: remove it, or let "
                                "the unit be active"}},
        {"sysctls that can't be",
                HOST "sysctl \"a b\" { value = 1 }\nsysctl \"a..b\" { value = \" \" }\nsysctl \"a/./b\" { "
                     "value = 1 }\nsysctl \"a/b/\" { value = 1 }\nsysctl \"a\" { value = 1 }\n",
                .problems = {"A:2: sysctl \"a b\": key: \"a b\" is not a sysctl: it has letters, digits, "
                             "'_', '-' and dots or slashes between them",
                        "A:3: sysctl \"a..b\": key: \"a..b\" is not a sysctl: write it as sysctl -a does, "
                        "\"net.ipv4.ip_forward\"",
                        "A:3: sysctl \"a..b\": value: a sysctl can't be empty: write its value",
                        "A:4: sysctl \"a/./b\": key: \"a/./b\" is not a sysctl: write it as sysctl -a does, "
                        "\"net.ipv4.ip_forward\"",
                        "A:5: sysctl \"a/b/\": key: \"a/b/\" is not a sysctl: write it as sysctl -a does, "
                        "\"net.ipv4.ip_forward\"",
                        "A:6: sysctl \"a\": key: \"a\" is not a sysctl: write it as sysctl -a does, "
                        "\"net.ipv4.ip_forward\""}},
        {"sysctls that are one thing under two names",
                "host \"h\" { connect = h }\nhost \"i\" { connect = i }\n"
                "sysctl \"net.ipv4.ip_forward\" { value = 1 }\n"
                "sysctl \"net.ipv4.conf.all.forwarding\" { value = 0 }\n"
                "sysctl \"vm.dirty_bytes\" { value = 4096 }\n"
                "sysctl \"vm.dirty_ratio\" { value = 20 }\n"
                "sysctl \"net.ipv4.neigh.a/1.retrans_time\" { value = 1 }\n"
                "sysctl \"net.ipv4.neigh.a/1.retrans_time_ms\" { value = 10 }\n"
                "sysctl \"net.ipv4.neigh.b.retrans_time_ms\" { value = 10 }\n"
                "sysctl \"vm.overcommit_ratio\" { value = 50 }\n"
                "sysctl \"vm.overcommit_kbytes\" { value = 0 }\n"
                "sysctl \"vm.nr_hugepages\" { value = 4 }\n"
                "sysctl \"vm.nr_hugepages_mempolicy\" { value = 0x4 }\n"
                "sysctl \"net.nf_conntrack_max\" { value = 1 hosts = h }\n"
                "sysctl \"net.netfilter.nf_conntrack_max\" { value = 2 hosts = i }\n",
                .problems =
                        {"A:4: sysctl \"net.ipv4.conf.all.forwarding\": the kernel has one value for it and "
                         "for net.ipv4.ip_forward, which is to be 1 at A:3: name one of the two",
                                "A:6: sysctl \"vm.dirty_ratio\": setting it makes vm.dirty_bytes 0, which is "
                                "to be 4096 "
                                "at A:5: name one of the two",
                                "A:8: sysctl \"net.ipv4.neigh.a/1.retrans_time_ms\": it is "
                                "net.ipv4.neigh.a/1.retrans_time (at A:7) in another unit: name one of the "
                                "two"}},
        {"a sysctl that takes from a network what it needs",
                "host \"h\" { connect = h }\nhost \"i\" { connect = i }\n"
                "network \"n\" { mode = nat address = \"192.168.150.1/24\" hosts = h }\n"
                "network \"r\" { mode = routed address = \"fd00::1/64\" hosts = h }\n"
                "network \"s\" { mode = isolated address = \"192.168.151.1/24\" hosts = i }\n"
                "sysctl \"net.ipv4.ip_forward\" { value = 0 }\n"
                "sysctl \"net.ipv6.conf.all.forwarding\" { value = 0 hosts = h }\n"
                "sysctl \"net.ipv4.conf.all.forwarding\" { value = 0 hosts = i }\n",
                .problems =
                        {"A:6: sysctl \"net.ipv4.ip_forward\": at 0 the machine forwards nothing for network "
                         "\"n\" at A:3, whose mode is nat: let it be 1, or leave it out, for libvirt sets it",
                                "A:7: sysctl \"net.ipv6.conf.all.forwarding\": at 0 the machine forwards "
                                "nothing for "
                                "network \"r\" at A:4, whose mode is routed: let it be 1, or leave it out, "
                                "for libvirt "
                                "sets it"}},
        {"a sysctl in two spellings",
                HOST
                "host \"i\" { connect = i }\nsysctl \"net.ipv4.ip_forward\" { value = 1 }\nsysctl "
                "\"net/ipv4/ip_forward\" { value = 0 }\nsysctl \"net.ipv4.conf.a/1.mtu\" { value = 1 hosts "
                "= h }\nsysctl \"net/ipv4/conf/a.1/mtu\" { value = 1 hosts = i }\nsysctl "
                "\"net.ipv4.conf.a.1.mtu\" { value = 1 }\nsysctl \"net/ipv4/conf/a.1/mtu\" { value = 1 }\n",
                .problems = {"A:4: sysctl \"net.ipv4.ip_forward\": the name net.ipv4.ip_forward is taken "
                             "already, at A:3",
                        "A:8: sysctl \"net.ipv4.conf.a/1.mtu\": the name net.ipv4.conf.a/1.mtu is taken "
                        "already, at A:6"}},
        {"files below what is no directory",
                HOST
                "host \"i\" { connect = i }\nfile \"/a/b/c\" { content = x }\nfile \"/a\" { content = x "
                "hosts = i }\nfile \"/a/bc\" { type = directory }\nfile \"/a/b\" { type = absent hosts = h "
                "}\nfile \"/a/b/d\" { type = directory hosts = i }\nfile \"/a/e\" { type = absent }\n",
                .problems =
                        {"A:3: file \"/a/b/c\": /a can't be a directory, because file \"/a\" at A:4 is to "
                         "be a regular file: choose another path, or give that one type = directory",
                                "A:5: file \"/a/bc\": /a can't be a directory, because file \"/a\" at A:4 is "
                                "to be a "
                                "regular file: choose another path, or give that one type = directory",
                                "A:7: file \"/a/b/d\": /a can't be a directory, because file \"/a\" at A:4 "
                                "is to be a "
                                "regular file: choose another path, or give that one type = directory"}},
        {"pools at or below what is no directory",
                HOST "file \"/p\" { type = absent }\npool \"p\" { path = \"/p\" }\npool \"q\" { path = "
                     "\"/q/r\" }\nfile \"/q\" { content = x }\npool \"s\" { path = \"/s\" }\nfile \"/s\" { "
                     "type = directory }\n",
                .problems = {"A:3: pool \"p\": /p can't be a directory, because file \"/p\" at A:2 is to be "
                             "absent: choose another path, or give that one type = directory",
                        "A:4: pool \"q\": /q can't be a directory, because file \"/q\" at A:5 is to be a "
                        "regular file: choose another path, or give that one type = directory"}},
        {"libvirtd or the modular daemons may be off, not both",
                HOST
                "host \"i\" { connect = i }\nunit \"libvirtd.service\" { masked = true hosts = h }\nunit "
                "\"libvirtd.socket\" { active = false hosts = h }\nunit \"virtnetworkd.socket\" { enabled = "
                "false hosts = i }\nunit \"virtlogd.socket\" { masked = true }\nunit "
                "\"virtnodedevd.service\" { enabled = false active = false }\nunit \"virtqemud.socket\" { "
                "}\n",
                .problems = {NULL}},
        {"neither libvirtd nor the modular daemons",
                HOST
                "unit \"virtqemud.service\" { active = false }\nunit \"virtqemud.socket\" { masked = true "
                "}\nunit \"libvirtd.socket\" { enabled = false active = false }\n",
                .problems =
                        {"A:4: unit \"libvirtd.socket\": with unit \"virtqemud.service\" at A:2 it leaves "
                         "neither libvirtd nor virtqemud, and a KVM host needs one of them: let one be "
                         "enabled and active"}},
        {"users and groups",
                HOST "group \"0\" { members = {\"a:b\"} }\nfile \"/x\" { content = x owner = \"\" }\n",
                .problems = {"A:2: group \"0\": name: \"0\" is not a user or group: it has letters, digits, "
                             "'.', '_' and '-', starting with a letter or '_'",
                        "A:2: group \"0\": members: \"a:b\" is not a user or group: it has letters, digits, "
                        "'.', '_' and '-', starting with a letter or '_'",
                        "A:3: file \"/x\": owner: \"\" is not a user or group: it has letters, digits, '.', "
                        "'_' and '-', starting with a letter or '_'"}},
        {"files that can't be",
                HOST "file \"/a\" { }\nfile \"/b\" { content = x from = \"101\" }\nfile \"/c\" { type = "
                     "directory content = x }\nfile \"/d\" { type = absent mode = 0644 }\nfile \"/e\" { from "
                     "= \"102\" }\nfile \"/f\" { type = link }\nfile \"/g\" { content = x mode = 888 }\n",
                .problems = {"A:2: file \"/a\": a file needs its content: add content = \"...\" or from = "
                             "\"FILE\"",
                        "A:3: file \"/b\": content and from say the same thing twice: remove one",
                        "A:4: file \"/c\": content makes no sense for type = directory",
                        "A:5: file \"/d\": mode makes no sense for type = absent",
                        "A:6: file \"/e\": from: \"/proc/self/fd/102\": can't be opened: No such file or "
                        "directory",
                        "A:7: file \"/f\": type: \"link\" is none of file, directory, absent",
                        "A:8: file \"/g\": mode: \"888\" is no mode: write three or four octal digits, as in "
                        "\"0644\""}},

        /* --set */
        {"settings that lead nowhere", HOST "packages { install = a }\npackages { install = b }\n",
                .settings = {"host.i.connect=x", "netwrok.n.mode=nat", "host.h.deadlines.kmv=1s"},
                .problems =
                        {"--set host.i.connect=x: there is no host \"i\" in the files; did you mean \"h\"?",
                                "--set netwrok.n.mode=nat: there is no section \"netwrok\"; did you mean "
                                "\"network\"?",
                                "--set host.h.deadlines.kmv=1s: there is no key \"kmv\"; its keys are linux, "
                                "kvm, cluster, step, grace"}},
        {"settings that aren't", HOST "packages { install = a }\npackages { install = b }\n",
                .settings = {"host.h.become", "packages.install=c", "=x"},
                .problems = {"--set host.h.become: a setting is NAME=VALUE, as in "
                             "host.lab1.connect=root@10.77.1.2",
                        "--set packages.install=c: there are several sections packages, without names to "
                        "tell them apart: change the file",
                        "--set =x: there is no key \"\" outside of sections"}},
        {"settings whose values aren't", HOST, .settings = {"host.h.become=x", "deadlines.kvm=3"},
                .problems = {"--set host.h.become=x: host \"h\": become: \"x\" is neither true nor false",
                        "--set deadlines.kvm=3: deadlines: kvm: \"3\" is not a duration: write numbers with "
                        "their units (d, h, min, s), as in 90s, 15min or 1h30min"}},
        {"a setting mends what the file has wrong", "host \"h\" { connect = \"\" become = x }",
                .settings = {"host.h.connect=local", "host.h.become=no"}},
};
