package org.cl2cm.serve.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.cl2cm.serve.QueueSettings;
import org.junit.jupiter.api.Test;

class BatchQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    /// Answers with the square, when it is let.
    private static final class Squares implements BatchQueue.Work<Integer, Integer> {
        private final List<List<Integer>> batches = java.util.Collections.synchronizedList(new ArrayList<>());
        private final Semaphore let = new Semaphore(0);
        private final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public List<Integer> answer(List<Integer> batch) throws IOException {
            begun.countDown();
            let.acquireUninterruptibly();
            batches.add(batch);
            if (batch.contains(13)) {
                throw new IOException("unlucky");
            }
            return batch.stream().map(n -> n * n).toList();
        }
    }

    @Test
    void whatWaitsMeanwhileBecomesOneBatch() throws IOException, InterruptedException {
        Squares squares = new Squares();
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue =
                        new BatchQueue<>("numbers", new QueueSettings(100, LONG, 4, Duration.ZERO), squares, metrics)) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>(queue.submit(List.of(1)));
            squares.begun.await();
            for (int i = 2; i <= 7; i++) {
                answers.addAll(queue.submit(List.of(i)));
            }
            squares.let.release(100);
            assertThat(BatchQueue.await(answers, Deadline.in(LONG))).containsExactly(1, 4, 9, 16, 25, 36, 49);
            assertThat(squares.batches).containsExactly(List.of(1), List.of(2, 3, 4, 5), List.of(6, 7));
        }
    }

    @Test
    void theFirstWaitsForOthersUntilTheBatchIsFull() throws IOException {
        Squares squares = new Squares();
        squares.let.release(100);
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue =
                        new BatchQueue<>("numbers", new QueueSettings(100, LONG, 3, LONG), squares, metrics)) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                answers.addAll(queue.submit(List.of(i)));
            }
            assertThat(BatchQueue.await(answers, Deadline.in(LONG))).containsExactly(1, 4, 9);
            assertThat(squares.batches).containsExactly(List.of(1, 2, 3));
        }
    }

    @Test
    void aFullQueueTurnsAwayAndTakesAgain() throws IOException, InterruptedException {
        Squares squares = new Squares();
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue =
                        new BatchQueue<>("numbers", new QueueSettings(3, LONG, 1, Duration.ZERO), squares, metrics)) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>(queue.submit(List.of(1)));
            squares.begun.await();
            answers.addAll(queue.submit(List.of(2, 3)));
            assertThatThrownBy(() -> queue.submit(List.of(4, 5))).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.OVERLOADED);
                assertThat(problem.answer().headers()).containsEntry("Retry-After", "1");
            });
            answers.addAll(queue.submit(List.of(6)));
            squares.let.release(100);
            assertThat(BatchQueue.await(answers, Deadline.in(LONG))).containsExactly(1, 4, 9, 36);
            // Where nothing waits, also more than there are places for.
            assertThat(BatchQueue.await(queue.submit(List.of(4, 5, 6, 7)), Deadline.in(LONG)))
                    .containsExactly(16, 25, 36, 49);
        }
    }

    @Test
    void whatWouldWaitForTooLongIsTurnedAway() throws IOException, InterruptedException {
        Squares squares = new Squares();
        Duration longest = Duration.ofMillis(50);
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue = new BatchQueue<>(
                        "numbers", new QueueSettings(100, longest, 4, Duration.ZERO), squares, metrics)) {
            List<CompletableFuture<Integer>> first = queue.submit(List.of(1));
            squares.begun.await();
            // Nobody knows yet how long it takes.
            List<CompletableFuture<Integer>> second = queue.submit(List.of(2, 3));
            Thread.sleep(longest.multipliedBy(2));
            squares.let.release(1);
            assertThat(BatchQueue.await(first, Deadline.in(LONG))).containsExactly(1);
            // Each took twice the longest wait, and two are before this one.
            assertThatThrownBy(() -> queue.submit(List.of(4))).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.OVERLOADED);
                assertThat(problem.detail()).contains("2 others", "queue of numbers", "50 ms");
            });
            squares.let.release(100);
            assertThat(BatchQueue.await(second, Deadline.in(LONG))).containsExactly(4, 9);
            // Where nothing waits everything is taken, however much it is.
            List<Integer> many = IntStream.range(14, 64).boxed().toList();
            assertThat(BatchQueue.await(queue.submit(many), Deadline.in(LONG)))
                    .hasSize(50)
                    .endsWith(63 * 63);
        }
    }

    @Test
    void whoGivesUpIsNotAnswered() throws IOException, InterruptedException {
        Squares squares = new Squares();
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue =
                        new BatchQueue<>("numbers", new QueueSettings(10, LONG, 10, Duration.ZERO), squares, metrics)) {
            CompletableFuture<Integer> first = queue.submit(List.of(1)).getFirst();
            squares.begun.await();
            CompletableFuture<Integer> second = queue.submit(List.of(2)).getFirst();
            CompletableFuture<Integer> third = queue.submit(List.of(3)).getFirst();
            assertThatThrownBy(() -> BatchQueue.await(second, Deadline.in(Duration.ofMillis(1))))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.TIMED_OUT));
            squares.let.release(100);
            assertThat(BatchQueue.await(List.of(first, third), Deadline.in(LONG)))
                    .containsExactly(1, 9);
            assertThat(squares.batches).containsExactly(List.of(1), List.of(3));
        }
    }

    @Test
    void oneThatCannotBeAnsweredDoesNotFailTheOthers() throws IOException {
        Squares squares = new Squares();
        squares.let.release(100);
        try (Metrics metrics = new Metrics();
                BatchQueue<Integer, Integer> queue =
                        new BatchQueue<>("numbers", new QueueSettings(10, LONG, 3, LONG), squares, metrics)) {
            List<CompletableFuture<Integer>> answers = queue.submit(List.of(12, 13, 14));
            assertThat(BatchQueue.await(answers.get(0), Deadline.in(LONG))).isEqualTo(144);
            assertThat(BatchQueue.await(answers.get(2), Deadline.in(LONG))).isEqualTo(196);
            assertThatThrownBy(() -> BatchQueue.await(answers.get(1), Deadline.in(LONG)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("unlucky");
        }
    }

    @Test
    void closingAnswersWhatWaitsAndTakesNoMore() throws IOException {
        Squares squares = new Squares();
        squares.let.release(100);
        try (Metrics metrics = new Metrics()) {
            BatchQueue<Integer, Integer> queue =
                    new BatchQueue<>("numbers", new QueueSettings(10, LONG, 10, LONG), squares, metrics);
            List<CompletableFuture<Integer>> answers = queue.submit(List.of(5, 6));
            queue.close();
            assertThat(BatchQueue.await(answers, Deadline.in(LONG))).containsExactly(25, 36);
            assertThatThrownBy(() -> queue.submit(List.of(7)))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAVAILABLE));
        }
    }
}
