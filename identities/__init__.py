"""Identity providers: how an installation declares them, how they are asked, what is believed."""
