package org.cl2cm.search.internal;

import java.io.IOException;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.cl2cm.search.CollectionInfo;

/// Lucene's own codec with vectors kept twice, as 8-bit integers for the walk through the graph and in
/// full precision for the comparison of candidates. The files are plain Lucene: any Lucene that knows
/// the format reads them.
final class VectorCodec extends FilterCodec {
    private static final int NEIGHBOURS = 16;
    private static final int BEAM_WIDTH = 200;

    /// Segments of fewer vectors are scanned faster than a graph pays for building it.
    private static final int LARGEST_WITHOUT_GRAPH = 10_000;

    private final KnnVectorsFormat vectors;

    /// @param exactBelow collections smaller than this are scanned, so graphs for smaller segments are
    ///     of no use
    VectorCodec(int exactBelow) {
        super(new Lucene104Codec().getName(), new Lucene104Codec());
        KnnVectorsFormat format = new WideVectors(new Lucene104HnswScalarQuantizedVectorsFormat(
                ScalarEncoding.UNSIGNED_BYTE,
                NEIGHBOURS,
                BEAM_WIDTH,
                1,
                null,
                threshold(Math.min(exactBelow, LARGEST_WITHOUT_GRAPH))));
        this.vectors = new PerFieldKnnVectorsFormat() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
            }
        };
    }

    /// Lucene builds a graph for `n` vectors when `n` is more than this number times `ln n`.
    private static int threshold(int smallest) {
        return smallest < 2 ? 0 : (int) Math.ceil(smallest / Math.log(smallest));
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
        return vectors;
    }

    /// The same format under the same name without Lucene's bound of 1,024 dimensions.
    private static final class WideVectors extends KnnVectorsFormat {
        private final KnnVectorsFormat format;

        WideVectors(KnnVectorsFormat format) {
            super(format.getName());
            this.format = format;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String field) {
            return CollectionInfo.MAX_DIMENSION;
        }
    }
}
