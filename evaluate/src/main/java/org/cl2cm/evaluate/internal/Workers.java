package org.cl2cm.evaluate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Runs numbered tasks on some threads.
public final class Workers {
    private Workers() {}

    /// Runs the tasks `0 .. tasks - 1`.
    ///
    /// @param worker makes one worker, with scratch memory of its own, for each thread
    public static void run(int tasks, int threads, Supplier<IntConsumer> worker) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
        }
        int workers = Math.min(threads, tasks);
        AtomicInteger next = new AtomicInteger();
        Runnable loop = () -> {
            IntConsumer work = worker.get();
            for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                work.accept(task);
            }
        };
        if (workers <= 1) {
            loop.run();
            return;
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(pool.submit(loop));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while scores were computed", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("computing the scores failed", e.getCause());
        }
    }
}
