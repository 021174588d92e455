#!/usr/bin/env bash
# Guests on Debian 12: libvirt 9, monolithic.
. "$(dirname "$0")/guests.sh"
guests bookworm guests
