package org.cl2cm.search;

import java.io.IOException;
import java.util.List;

/// Makes vectors of words and pictures that a person searches with, by the model of the collection.
public interface QueryEncoder {
    /// @return a vector for each text, in their order
    /// @throws IOException when the model cannot be used
    List<float[]> texts(List<String> texts) throws IOException;

    /// @param picture content of a picture file
    /// @param name what errors call it
    /// @throws IOException when the picture cannot be decoded, or the model cannot be used
    float[] image(byte[] picture, String name) throws IOException;
}
