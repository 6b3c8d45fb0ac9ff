package org.cl2cm.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;

class TensorBundleTest {
    private final SortedMap<String, BundleWriter.Tensor> tensors = BundleWriter.bert(20, 64, 2, 1);
    private final byte[] index = BundleWriter.index(tensors);
    private final MemorySegment data = MemorySegment.ofArray(BundleWriter.data(tensors));

    @Test
    void findsEveryFloatTensorInAllBlocks() throws DataException {
        Map<String, TensorBundle.Place> places = TensorBundle.read(index).places();
        assertThat(places.keySet()).containsExactlyElementsOf(tensors.keySet());
        for (Map.Entry<String, TensorBundle.Place> entry : places.entrySet()) {
            BundleWriter.Tensor tensor =
                    Optional.ofNullable(tensors.get(entry.getKey())).orElseThrow();
            assertThat(entry.getValue().shape()).isEqualTo(tensor.shape());
            assertThat(TensorBundle.values(entry.getKey(), entry.getValue(), data)
                            .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(tensor.values());
        }
    }

    @Test
    void noticesEveryChangedByteOfTheIndex() {
        // Behind the last block there is the footer, with padding that means nothing.
        for (int i = 0; i < index.length - 48; i++) {
            byte[] damaged = index.clone();
            damaged[i] ^= 0x41;
            assertThatThrownBy(() -> TensorBundle.read(damaged))
                    .as("byte %d", i)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith("variables.index");
        }
    }

    @Test
    void refusesAnIndexThatIsCutOff() {
        for (int length = 0; length < index.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(index, length);
            assertThatThrownBy(() -> TensorBundle.read(cut)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void namesTheTensorWhoseDataAreDamagedOrCutOff() throws DataException {
        String name = "module/bert/pooler/dense/kernel";
        TensorBundle.Place place =
                Optional.ofNullable(TensorBundle.read(index).places().get(name)).orElseThrow();
        assertThatThrownBy(() -> TensorBundle.values(name, place, data.asSlice(0, place.offset() + place.size() - 1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("cut off");
        long middle = place.offset() + place.size() / 2;
        data.set(ValueLayout.JAVA_BYTE, middle, (byte) (data.get(ValueLayout.JAVA_BYTE, middle) ^ 1));
        assertThatThrownBy(() -> TensorBundle.values(name, place, data))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("checksum");
    }
}
