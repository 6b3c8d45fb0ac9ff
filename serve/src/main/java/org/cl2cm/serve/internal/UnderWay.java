package org.cl2cm.serve.internal;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts the requests that are being answered: at most so many, and none after the end has begun.
/// Safe for use by many threads.
final class UnderWay {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private int count;
    private boolean closed;

    UnderWay(int most) {
        this.most = most;
    }

    /// @throws Problem 503 after the end has begun, 429 when there are too many
    void enter() {
        lock.lock();
        try {
            if (closed) {
                throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down")
                        .with("Connection", "close");
            }
            if (count >= most) {
                throw Problem.overloaded(
                        most + " requests are under way, and no more are taken; come again in a moment");
            }
            count++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            count--;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more requests and waits for those under way.
    ///
    /// @return how many were still under way when the time was over
    int close(Duration limit) {
        lock.lock();
        try {
            closed = true;
            long nanoseconds = limit.toNanos();
            while (count > 0 && nanoseconds > 0) {
                nanoseconds = left.awaitNanos(nanoseconds);
            }
            return count;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return count;
        } finally {
            lock.unlock();
        }
    }
}
