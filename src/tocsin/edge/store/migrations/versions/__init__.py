"""One script per revision, named rNNNN_what. A script that was released is never edited."""
