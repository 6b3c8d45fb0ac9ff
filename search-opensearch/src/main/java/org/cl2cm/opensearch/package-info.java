/// Collections on an OpenSearch cluster: an [EngineProvider][org.cl2cm.search.EngineProvider] that
/// nobody names. The module `search` finds it when it is on the class path.
@NullMarked
package org.cl2cm.opensearch;

import org.jspecify.annotations.NullMarked;
