"""Entries come once, whole and in order, with a cursor and without."""

import asyncio

from tests.hub.processes import OTHER, TOPIC, Process, everything
from tests.live import eventually, take


async def test_without_a_cursor_only_later_entries_come(worker: Process) -> None:
    await worker.commit()
    async with worker.hub.listen([TOPIC], everything) as listener:
        for _ in range(3):
            await worker.commit()
        assert await take(listener, 3) == [2, 3, 4]


async def test_an_entry_comes_whole(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], everything) as listener:
        await worker.commit(student_id=5)
        assert await anext(listener) == worker.log.entries[TOPIC][0]


async def test_with_a_cursor_the_past_comes_first(worker: Process) -> None:
    for _ in range(1000):
        worker.log.commit(TOPIC)
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 10}) as listener:
        await worker.commit()
        assert await take(listener, 991) == list(range(11, 1002))


async def test_a_cursor_at_the_end_replays_nothing(worker: Process) -> None:
    seq = await worker.commit()
    async with worker.hub.listen([TOPIC], everything, {TOPIC: seq}) as listener:
        await worker.commit()
        assert await take(listener, 1) == [2]
    assert (TOPIC, 0) not in worker.log.pages


async def test_those_who_come_back_together_read_the_past_once(worker: Process) -> None:
    async def back() -> list[int]:
        async with worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as listener:
            return await take(listener, 5)

    for _ in range(5):
        worker.log.commit(TOPIC)
    heard = await asyncio.gather(*(back() for _ in range(50)))

    assert heard == [[1, 2, 3, 4, 5]] * 50
    assert worker.log.pages.count((TOPIC, 0)) == 1


async def test_a_topic_without_a_cursor_starts_now(worker: Process) -> None:
    for topic in (TOPIC, OTHER):
        await worker.commit(topic)
    async with worker.hub.listen([TOPIC, OTHER], everything, {TOPIC: 0}) as listener:
        await worker.commit(OTHER)
        heard = {((entry := await anext(listener)).topic, entry.seq) for _ in range(2)}
    assert heard == {(TOPIC, 1), (OTHER, 2)}


async def test_one_wake_up_brings_all_that_was_committed(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], everything) as listener:
        for _ in range(1000):
            seq = worker.log.commit(TOPIC)
        await worker.bus.publish(TOPIC, seq)
        assert await take(listener, 1000) == list(range(1, 1001))


async def test_only_what_is_wanted_comes(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], lambda entry: entry.student_id == 7) as listener:
        for student_id in (1, 7, 2, 7, None):
            await worker.commit(student_id=student_id)
        assert await take(listener, 2) == [2, 4]


async def test_joining_at_any_moment_leaves_no_gap_and_no_repeat(worker: Process) -> None:
    async def listen(after: int) -> list[int]:
        async with worker.hub.listen([TOPIC], everything, {TOPIC: after}) as listener:
            return await take(listener, 1000 - after, 20)

    async with asyncio.TaskGroup() as tasks:
        streams = []
        for seq in range(1, 1001):
            assert await worker.commit() == seq
            if seq % 20 == 0:
                streams += [tasks.create_task(listen(after)) for after in (0, seq // 2, seq)]
            if seq % 7 == 0:
                await asyncio.sleep(0)
    for number, stream in enumerate(streams):
        after = (0, (number // 3 + 1) * 10, (number // 3 + 1) * 20)[number % 3]
        assert stream.result() == list(range(after + 1, 1001))


async def test_joining_without_a_cursor_starts_at_that_moment(worker: Process) -> None:
    async def listen() -> list[int]:
        earliest = len(worker.log.entries[TOPIC])
        async with worker.hub.listen([TOPIC], everything) as listener:
            latest = len(worker.log.entries[TOPIC])
            first = (await take(listener, 1, 20))[0]
            assert earliest < first <= latest + 1
            return [first, *await take(listener, 500 - first, 20)]

    async with asyncio.TaskGroup() as tasks:
        streams = []
        for seq in range(1, 501):
            await worker.commit()
            if seq % 10 == 0 and seq < 500:
                streams.append(tasks.create_task(listen()))
            await asyncio.sleep(0)
    for stream in streams:
        heard = stream.result()
        assert heard == list(range(heard[0], 501))


async def test_topics_keep_their_order_and_a_busy_one_starves_nobody(worker: Process) -> None:
    async with worker.hub.listen([TOPIC, OTHER], everything) as listener:
        for _ in range(100):
            await worker.commit(TOPIC)
        await worker.commit(OTHER)
        await eventually(lambda: (OTHER, 0) in worker.log.pages, "both feeds to read")
        heard = [await anext(listener) for _ in range(101)]
    assert [entry.seq for entry in heard if entry.topic == TOPIC] == list(range(1, 101))
    assert [entry.topic for entry in heard].index(OTHER) < 3
