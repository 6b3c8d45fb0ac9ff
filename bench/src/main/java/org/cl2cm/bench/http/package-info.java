/// The server as its users meet it: closed loops of clients, and more requests than it can answer.
@NullMarked
package org.cl2cm.bench.http;

import org.jspecify.annotations.NullMarked;
