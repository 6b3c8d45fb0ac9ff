package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cl2cm.serve.QueueSettings;

/// Groups what many requests ask for at the same time, and answers each group at once on a thread
/// of its own.
///
/// The length is bounded, and the time that anything waits: who comes when it is full, or would wait
/// for too long by what the answers before took, is turned away at once. Where nothing waits, all
/// questions of a request are taken. A question whose request has given up is not answered. Safe for use
/// by many threads.
final class BatchQueue<Q, A> implements AutoCloseable {
    /// Answers a batch.
    @FunctionalInterface
    interface Work<Q, A> {
        /// @return an answer for each question, in their order
        List<A> answer(List<Q> batch) throws IOException;
    }

    /// Of a new batch in the mean time that a question takes.
    private static final double NEWS = 0.2;

    private record Waiting<Q, A>(Q question, long since, CompletableFuture<A> answer) {}

    private final String name;
    private final QueueSettings settings;
    private final Work<Q, A> work;
    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting<Q, A>> queue = new ArrayDeque<>();
    private final Thread worker;
    private boolean closed;

    /// Questions that are being answered.
    private int taken;

    /// Nanoseconds that a question takes in a batch, a mean of the last ones; 0 before the first.
    private double pace;

    /// @param name what metrics and messages call it
    BatchQueue(String name, QueueSettings settings, Work<Q, A> work, Metrics metrics) {
        this.name = name;
        this.settings = settings;
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
            checkRoom(questions.size());
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

    private void checkRoom(int more) {
        // Where nothing waits all is taken: later there would be no more room, and it would take no less time.
        if (!queue.isEmpty() && queue.size() + more > settings.length()) {
            throw Problem.overloaded("the queue of " + name + " is full, " + queue.size() + " of " + settings.length()
                    + " places are taken; come again in a moment");
        }
        int before = queue.size() + taken;
        double wait = (before + more) * pace;
        if (before > 0 && wait > settings.longest().toNanos()) {
            throw Problem.overloaded(String.format(
                    Locale.ROOT,
                    "%d others are before this one in the queue of %s, so it would take %.0f ms, and nothing waits"
                            + " for more than %d ms; come again in a moment",
                    before,
                    name,
                    wait / 1e6,
                    settings.longest().toMillis()));
        }
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
        long start = System.nanoTime();
        try {
            List<A> answers = work.answer(batch.stream().map(Waiting::question).toList());
            took(batch.size(), System.nanoTime() - start);
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer.complete(answers.get(i));
            }
        } catch (IOException | RuntimeException | Error e) {
            if (batch.size() == 1) {
                took(1, System.nanoTime() - start);
                batch.getFirst().answer.completeExceptionally(e);
            } else {
                // One that cannot be answered must not fail those that came with it.
                batch.forEach(one -> answer(List.of(one)));
            }
        }
    }

    /// Before anybody hears of the answers, so that who asks again then finds them counted.
    private void took(int questions, long nanoseconds) {
        lock.lock();
        try {
            taken -= questions;
            pace += (pace == 0 ? 1 : NEWS) * ((double) nanoseconds / questions - pace);
        } finally {
            lock.unlock();
        }
    }

    /// The next batch; empty when the queue is closed and has run dry.
    private List<Waiting<Q, A>> next() {
        lock.lock();
        try {
            taken = 0;
            while (queue.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            while (!queue.isEmpty() && queue.size() < settings.batch() && !closed) {
                long left = queue.getFirst().since + settings.gather().toNanos() - System.nanoTime();
                if (left <= 0 || changed.awaitNanos(left) <= 0) {
                    break;
                }
            }
            List<Waiting<Q, A>> batch = new ArrayList<>();
            while (!queue.isEmpty() && batch.size() < settings.batch()) {
                batch.add(queue.removeFirst());
            }
            taken = batch.size();
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
