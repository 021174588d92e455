#!/usr/bin/env bash
# Debian 12: libvirt 9, systemd 252.
. "$(dirname "$0")/promotion.sh"
promotion bookworm dtwelve
