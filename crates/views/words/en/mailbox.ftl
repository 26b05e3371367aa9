mailbox-heading = The demonstration’s mailbox
mailbox-lead = Here are the letters that the portal sent in this demonstration. None of them left this machine.
mailbox-to = To { $to }, { $at }
mailbox-empty = There are no letters yet. Ask for a key and come back.
