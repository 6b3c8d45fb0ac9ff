package org.cl2cm.model.translate;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cl2cm.data.DataException;

/// A SentencePiece model, e.g. `source.spm`: a protocol buffer (`ModelProto`) of pieces with their log
/// probabilities.
///
/// @param charsMap the compiled normalization, empty where there is none
/// @param unknown the place of the piece for what is not known
record SentencePieceFile(List<Piece> pieces, byte[] charsMap, int unknown) {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int UNIGRAM = 1;
    private static final int UNKNOWN = 2;

    /// One piece; `▁` stands for a space.
    record Piece(String text, float score) {}

    /// @throws DataException when the file is no such model, or not of the kind `unigram`
    static SentencePieceFile read(Path file) throws IOException {
        ByteBuffer in;
        try {
            in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file", e);
        }
        List<Piece> pieces = new ArrayList<>();
        byte[] charsMap = new byte[0];
        int unknown = -1;
        int kind = UNIGRAM;
        try {
            while (in.hasRemaining()) {
                int tag = varint(in);
                switch (tag >>> 3) {
                    case 1 -> {
                        if (piece(message(in, tag), pieces) == UNKNOWN) {
                            unknown = pieces.size() - 1;
                        }
                    }
                    case 2 -> kind = number(message(in, tag), 3, UNIGRAM);
                    case 3 -> charsMap = bytes(message(in, tag), 2);
                    default -> skip(in, tag);
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw DataException.in(file, "is no SentencePiece model, or not whole", e);
        }
        if (pieces.isEmpty() || unknown < 0) {
            throw DataException.in(file, "is no SentencePiece model: no pieces, or none for the unknown");
        }
        if (kind != UNIGRAM) {
            throw DataException.in(
                    file, "is a SentencePiece model of another kind than unigram; a tokenizer.json works");
        }
        return new SentencePieceFile(List.copyOf(pieces), charsMap, unknown);
    }

    /// @return the kind of the piece: 1 for ordinary ones
    private static int piece(ByteBuffer in, List<Piece> pieces) {
        String text = "";
        float score = 0;
        int type = 1;
        while (in.hasRemaining()) {
            int tag = varint(in);
            switch (tag >>> 3) {
                case 1 -> text = StandardCharsets.UTF_8.decode(message(in, tag)).toString();
                case 2 -> score = in.getFloat();
                case 3 -> type = varint(in);
                default -> skip(in, tag);
            }
        }
        pieces.add(new Piece(text, score));
        return type;
    }

    private static int number(ByteBuffer in, int field, int otherwise) {
        int number = otherwise;
        while (in.hasRemaining()) {
            int tag = varint(in);
            if (tag == ((field << 3) | VARINT)) {
                number = varint(in);
            } else {
                skip(in, tag);
            }
        }
        return number;
    }

    private static byte[] bytes(ByteBuffer in, int field) {
        byte[] found = new byte[0];
        while (in.hasRemaining()) {
            int tag = varint(in);
            if (tag == ((field << 3) | BYTES)) {
                ByteBuffer message = message(in, tag);
                found = new byte[message.remaining()];
                message.get(found);
            } else {
                skip(in, tag);
            }
        }
        return found;
    }

    private static ByteBuffer message(ByteBuffer in, int tag) {
        if ((tag & 7) != BYTES) {
            throw new IllegalArgumentException("field " + (tag >>> 3) + " is no message");
        }
        int length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer message = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return message;
    }

    private static void skip(ByteBuffer in, int tag) {
        switch (tag & 7) {
            case VARINT -> varint(in);
            case FIXED64 -> in.getLong();
            case BYTES -> message(in, tag);
            case FIXED32 -> in.getInt();
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
    }

    /// The low 32 bits of a number.
    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = in.get();
            if (shift < 32) {
                value |= (next & 127) << shift;
            }
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than ten bytes");
    }
}
