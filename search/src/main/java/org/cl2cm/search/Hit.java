package org.cl2cm.search;

import java.util.Map;

/// One result.
///
/// @param score cosine of query and item, -1 to 1
/// @param fields the item's stored fields
public record Hit(String id, float score, Map<String, String> fields) {}
