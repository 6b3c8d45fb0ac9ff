package org.cl2cm.bench.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Threads that ask one question after another for some seconds, every thread on through all questions.
final class SearchLoop {
    private static final int START = 1024;

    private SearchLoop() {}

    /// One question.
    @FunctionalInterface
    interface Search {
        void run(int query) throws IOException;
    }

    /// @param nanoseconds of every search, one list a thread
    /// @param elapsed nanoseconds from the start to the end of the last search
    record Loop(List<long[]> nanoseconds, long elapsed) {
        double perSecond() {
            return nanoseconds.stream().mapToInt(part -> part.length).sum() * 1e9 / elapsed;
        }
    }

    static Loop run(Search search, int queries, int threads, double seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<long[]>> works = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int from = thread * queries / threads;
                works.add(() -> one(search, queries, from, end));
            }
            List<long[]> parts = new ArrayList<>();
            for (Future<long[]> part : pool.invokeAll(works)) {
                parts.add(part.get());
            }
            return new Loop(parts, System.nanoTime() - start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("a search failed: " + e.getCause(), e);
        }
    }

    private static long[] one(Search search, int queries, int from, long end) throws IOException {
        long[] times = new long[START];
        int count = 0;
        int query = from;
        long before = System.nanoTime();
        do {
            search.run(query);
            long after = System.nanoTime();
            if (count == times.length) {
                times = Arrays.copyOf(times, 2 * count);
            }
            times[count++] = after - before;
            before = after;
            query = (query + 1) % queries;
        } while (before < end);
        return Arrays.copyOf(times, count);
    }
}
