#!/usr/bin/env bash
# Debian 12: systemd 252.
. "$(dirname "$0")/units.sh"
units_by_every_way bookworm utwelve
