"""What a login takes beside the password: an app's codes, passkeys, and recovery codes for when they are gone."""
