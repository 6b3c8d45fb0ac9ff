package org.cl2cm.serve.internal;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/// Reads bodies into memory: none longer than a limit, and all together no more than a part of the
/// heap. Safe for use by many threads.
final class Bodies {
    private static final int KIBIBYTE = 1024;

    /// What is too long is read on and thrown away up to this much, so that the client gets to read
    /// the answer.
    private static final long DRAINED = 64L << 20;

    private final int limit;
    private final Semaphore kibibytes;

    /// @param limit bytes of one body
    Bodies(int limit) {
        this.limit = limit;
        // Text of a body and its JSON tree take several times its bytes.
        long share = Runtime.getRuntime().maxMemory() / 16 / KIBIBYTE;
        this.kibibytes = new Semaphore((int) Math.clamp(share, limit / KIBIBYTE + 1L, Integer.MAX_VALUE));
    }

    /// Makes room for the body of a request until [#leave].
    ///
    /// @return what to give back
    /// @throws Problem 413 when it says that it is too long, 429 when others take all the room
    int enter(ServerRequest request) {
        OptionalLong announced = announced(request);
        if (announced.isPresent() && announced.getAsLong() > limit) {
            if (announced.getAsLong() < DRAINED) {
                try (InputStream in = request.content().inputStream()) {
                    drain(in);
                } catch (IOException | UncheckedIOException e) {
                    throw endedEarly();
                }
            }
            throw tooLarge();
        }
        boolean empty = announced.isPresent()
                ? announced.getAsLong() == 0
                : !request.content().hasEntity();
        int room = empty ? 0 : (int) (announced.orElse(limit) / KIBIBYTE + 1);
        if (!kibibytes.tryAcquire(room)) {
            throw Problem.overloaded("requests that are under way take all the memory there is for them")
                    .with("Connection", "close");
        }
        return room;
    }

    void leave(int room) {
        kibibytes.release(room);
    }

    private static OptionalLong announced(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.CONTENT_LENGTH)
                .filter(text -> text.matches("\\d{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    private static Problem endedEarly() {
        return Problem.of(Problem.Kind.MALFORMED, "the body ended early").with("Connection", "close");
    }

    private Problem tooLarge() {
        return Problem.of(Problem.Kind.TOO_LARGE, "the body is longer than " + limit + " bytes")
                .with("Connection", "close");
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        long drained = 0;
        for (int read = in.read(buffer); read >= 0 && drained < DRAINED; read = in.read(buffer)) {
            drained += read;
        }
    }

    /// @throws Problem 413 when it is too long, 408 when it comes too slowly, 400 when it ends early
    byte[] read(ServerRequest request, Deadline deadline) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (InputStream in = request.content().inputStream()) {
            byte[] buffer = new byte[16_384];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                body.write(buffer, 0, read);
                if (body.size() > limit) {
                    drain(in);
                    throw tooLarge();
                }
                if (deadline.left() < 0) {
                    throw Problem.of(
                                    Problem.Kind.TOO_SLOW,
                                    "the body took longer than "
                                            + deadline.limit().toMillis() + " ms")
                            .with("Connection", "close");
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw endedEarly();
        }
        return body.toByteArray();
    }
}
