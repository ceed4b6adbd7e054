/// The version of the three programs. The supervisor, the responder and the broker all take it from here.
#ifndef REMOTISAN_VERSION_H
#define REMOTISAN_VERSION_H

#define REMOTISAN_VERSION "1.0.0"

#endif
