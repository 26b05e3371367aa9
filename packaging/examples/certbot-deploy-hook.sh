#!/bin/sh
# Gives the portal its certificate after each renewal; the portal takes it up by itself some seconds later. Copy to
# /etc/letsencrypt/renewal-hooks/deploy/zaguan, mode 0755. Only root may read what certbot keeps.
set -eu
umask 077
directory=/etc/zaguan/tls
install -d -m 0750 -o root -g zaguan "$directory"
# Each file is put in its place in one step; the portal waits until both have stopped changing.
install -m 0640 -o root -g zaguan "$RENEWED_LINEAGE/privkey.pem" "$directory/.privkey.pem"
install -m 0644 -o root -g zaguan "$RENEWED_LINEAGE/fullchain.pem" "$directory/.fullchain.pem"
mv "$directory/.privkey.pem" "$directory/privkey.pem"
mv "$directory/.fullchain.pem" "$directory/fullchain.pem"
