@NullMarked
package org.cl2cm.model;

import org.jspecify.annotations.NullMarked;
