#!/usr/bin/env bash
# Debian 13: libvirt 11, systemd 257.
. "$(dirname "$0")/promotion.sh"
promotion trixie dthirteen
