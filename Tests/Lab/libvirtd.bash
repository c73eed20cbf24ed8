# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced inside a lab by `lab` and `restart-libvirtd`: start_libvirtd starts the lab's own and waits until it answers.
start_libvirtd() {
  local pidfile=$ATOLL_LAB/run/lab.pid tries
  # A session of its own: Ctrl-C is for the command, not for the daemon that the command's cleaning needs.
  setsid libvirtd -p "$pidfile" >>"$ATOLL_LAB/log/out" 2>&1 </dev/null &
  # The first start on a machine probes QEMU for 6 to 8 s (kept in /var/cache/libvirt); later ones take 0.2 to 0.5 s.
  for ((tries = 0; tries < 600; tries++)); do
    virsh -c qemu:///system version >/dev/null 2>&1 && return
    if ((tries == 20)); then echo "lab: waiting for libvirtd (its first start probes QEMU, 6 to 8 s)" >&2; fi
    if ! kill -0 $! 2>/dev/null; then break; fi
    sleep 0.05
  done
  echo "lab: libvirtd did not start; its last words:" >&2
  tail -n 20 "$ATOLL_LAB/log/out" "$ATOLL_LAB/log/libvirtd.log" >&2
  return 1
}
