package org.cl2cm.serve.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Groups what many requests ask for at the same time, and answers each group at once on a thread
/// of its own.
///
/// The length is bounded: who comes when it is full is turned away at once. A question whose
/// request has given up is not answered. Safe for use by many threads.
final class BatchQueue<Q, A> implements AutoCloseable {
    /// Answers a batch.
    @FunctionalInterface
    interface Work<Q, A> {
        /// @return an answer for each question, in their order
        List<A> answer(List<Q> batch) throws IOException;
    }

    private record Waiting<Q, A>(Q question, long since, CompletableFuture<A> answer) {}

    private final String name;
    private final int length;
    private final int batchSize;
    private final long wait;
    private final Work<Q, A> work;
    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting<Q, A>> queue = new ArrayDeque<>();
    private final Thread worker;
    private boolean closed;

    /// @param name what metrics and messages call it
    /// @param length most questions that wait
    /// @param wait how long the first question of a batch waits for others
    BatchQueue(String name, int length, int batchSize, Duration wait, Work<Q, A> work, Metrics metrics) {
        this.name = name;
        this.length = length;
        this.batchSize = batchSize;
        this.wait = wait.toNanos();
        this.work = work;
        this.metrics = metrics;
        this.worker = Thread.ofPlatform().daemon().name("batches of " + name).start(this::run);
    }

    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /// Puts all questions into the queue or none of them.
    ///
    /// @return the answers to come, in the order of the questions
    /// @throws Problem 429 when there is no room, 503 when it is closed
    List<CompletableFuture<A>> submit(List<Q> questions) {
        List<CompletableFuture<A>> answers = new ArrayList<>(questions.size());
        lock.lock();
        try {
            if (closed) {
                throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
            }
            if (queue.size() + questions.size() > length) {
                throw Problem.overloaded("the queue of " + name + " is full, " + queue.size() + " of " + length
                        + " places are taken; come again in a moment");
            }
            long now = System.nanoTime();
            for (Q question : questions) {
                Waiting<Q, A> waiting = new Waiting<>(question, now, new CompletableFuture<>());
                queue.addLast(waiting);
                answers.add(waiting.answer);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
        return answers;
    }

    /// Waits for one answer.
    ///
    /// @throws IOException why the question could not be answered
    /// @throws Problem 504 when the time is over
    static <A> A await(CompletableFuture<A> answer, Deadline deadline) throws IOException {
        try {
            return answer.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw deadline.over("waiting for the model");
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case Problem problem -> throw problem;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /// Waits for all answers.
    static <A> List<A> await(List<CompletableFuture<A>> answers, Deadline deadline) throws IOException {
        List<A> all = new ArrayList<>(answers.size());
        try {
            for (CompletableFuture<A> answer : answers) {
                all.add(await(answer, deadline));
            }
            return all;
        } finally {
            answers.forEach(answer -> answer.cancel(false));
        }
    }

    private void run() {
        for (List<Waiting<Q, A>> batch = next(); !batch.isEmpty(); batch = next()) {
            List<Waiting<Q, A>> wanted =
                    batch.stream().filter(one -> !one.answer.isDone()).toList();
            if (!wanted.isEmpty()) {
                long now = System.nanoTime();
                wanted.forEach(one -> metrics.waited(name, now - one.since));
                metrics.batch(name, wanted.size());
                answer(wanted);
            }
        }
    }

    private void answer(List<Waiting<Q, A>> batch) {
        try {
            List<A> answers = work.answer(batch.stream().map(Waiting::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer.complete(answers.get(i));
            }
        } catch (IOException | RuntimeException | Error e) {
            if (batch.size() == 1) {
                batch.getFirst().answer.completeExceptionally(e);
            } else {
                // One that cannot be answered must not fail those that came with it.
                batch.forEach(one -> answer(List.of(one)));
            }
        }
    }

    /// The next batch; empty when the queue is closed and has run dry.
    private List<Waiting<Q, A>> next() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            while (!queue.isEmpty() && queue.size() < batchSize && !closed) {
                long left = queue.getFirst().since + wait - System.nanoTime();
                if (left <= 0 || changed.awaitNanos(left) <= 0) {
                    break;
                }
            }
            List<Waiting<Q, A>> batch = new ArrayList<>();
            while (!queue.isEmpty() && batch.size() < batchSize) {
                batch.add(queue.removeFirst());
            }
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more, answers what waits, and ends.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
