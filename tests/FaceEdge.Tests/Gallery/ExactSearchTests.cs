using FaceEdge.Gallery;
using FsCheck;
using FsCheck.Fluent;

namespace FaceEdge.Tests.Gallery;

/// <summary>The search skips most rows; these compare it with reading them all, on data made to mislead it.</summary>
public class ExactSearchTests
{
    /// <summary>What rows and probe look like.</summary>
    public enum Kind
    {
        Normal,
        Crowded,
        Duplicates,
        OneBitApart,
        ManyZero,
        Sparse,
        Scales,
        Extremes,
        Euclidean,
        AllNegative,
        Whole,
    }

    [Fact]
    public void TheAnswerIsThatOfReadingEveryRow()
    {
        Gen<Case> cases =
            from kind in Gen.Elements(Enum.GetValues<Kind>())
            from dimensions in Gen.Elements(1, 2, 4, 15, 31, 32, 33, 64, 65, 100, 128, 129, 192, 512, 513, 704)
            from rows in Gen.Elements(1, 2, 3, 63, 64, 65, 200, 700)
            from seed in Gen.Choose(0, int.MaxValue)
            select new Case(kind, dimensions, rows, seed);
        Prop.ForAll(cases.ToArbitrary(), AnswersLikeAFullScan).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
    }

    [Fact]
    public void TheBoundIsNeverUnderTheScore()
    {
        Gen<Case> cases =
            from kind in Gen.Elements(Enum.GetValues<Kind>())
            from dimensions in Gen.Elements(1, 3, 32, 33, 129, 192, 512, 2000)
            from seed in Gen.Choose(0, int.MaxValue)
            select new Case(kind, dimensions, 20, seed);
        Prop.ForAll(cases.ToArbitrary(), IsBounded).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(128)]
    public unsafe void SumsOfLevelsAreExactAlsoAtTheirLargest(int vectors)
    {
        var random = new Random(vectors);
        byte* codes = stackalloc byte[4 * vectors * 16];
        sbyte* levels = stackalloc sbyte[vectors * 32];
        for (int round = 0; round < 50; round++)
        {
            // The first rounds hold the largest numbers with one sign, the next with both.
            for (int i = 0; i < vectors * 32; i++)
            {
                levels[i] = round switch { 0 => 127, 1 => -127, _ when round < 10 => (sbyte)(127 * ((2 * random.Next(2)) - 1)), _ => (sbyte)random.Next(-127, 128) };
            }

            for (int i = 0; i < 4 * vectors * 16; i++)
            {
                codes[i] = round < 10 ? (byte)255 : (byte)random.Next(256);
            }

            var sums = DotProduct.OfFour(codes, levels, vectors);

            for (int row = 0; row < 4; row++)
            {
                int expected = 0;
                for (int i = 0; i < vectors * 32; i++)
                {
                    byte pair = codes[(row * vectors * 16) + (i / 32 * 16) + (i % 16)];
                    expected += (i % 32 < 16 ? pair & 15 : pair >> 4) * levels[i];
                }

                Assert.Equal(expected, sums[row]);
            }
        }
    }

    [Fact]
    public void HelpersFindTheSameAndTheLowestOfEqualRows()
    {
        const int Rows = 50_000;
        const int Dimensions = 16;
        var random = new Random(5);
        using var matrix = new EncodingMatrix(Dimensions);
        float[][] rows = [.. Enumerable.Range(0, Rows / 2).Select(_ => Fill(Kind.Normal, Dimensions, random))];
        for (int row = 0; row < Rows; row++)
        {
            matrix.Add(rows[row % rows.Length]); // Every row twice, in different chunks.
        }

        for (int i = 0; i < 200; i++)
        {
            float[] probe = Fill(Kind.Normal, Dimensions, random);
            BestRow alone = matrix.FindBest(probe);
            Assert.InRange(alone.Row, 0, rows.Length - 1);
            Assert.Equal(alone, matrix.FindBest(probe, helpers: 3));
        }
    }

    /// <summary>A scan begins with rows found of late. They are other rows now, gone, or no longer the lowest of equal ones: none of that may show.</summary>
    [Fact]
    public void RowsFoundOfLateNeverChangeTheAnswer()
    {
        const int Rows = 300;
        const int Dimensions = 33;
        var random = new Random(7);
        using var matrix = new EncodingMatrix(Dimensions);
        float[][] rows = [.. Enumerable.Range(0, Rows).Select(_ => Fill(Kind.Normal, Dimensions, random))];
        Array.ForEach(rows, row => matrix.Add(row));
        for (int i = 0; i < 2000; i++)
        {
            int known = random.Next(Rows);
            float[] probe = rows[known];
            int best = matrix.FindBest(probe).Row;
            (int changed, float[] content) = (i % 3) switch
            {
                0 => (best, Fill(Kind.Normal, Dimensions, random)), // another person there
                1 => (random.Next(Rows), probe), // the same face once more, perhaps in a lower row
                _ => (best, new float[Dimensions]), // gone
            };
            matrix.Replace(changed, content);
            rows[changed] = content;

            using var fresh = new EncodingMatrix(Dimensions);
            Array.ForEach(rows, row => fresh.Add(row));
            BestRow expected = fresh.FindBest(probe), found = matrix.FindBest(probe);
            Assert.Equal((expected.Row, expected.Similarity), (found.Row, found.Similarity));
        }
    }

    /// <summary>Rows come with ever higher scores; a scan that began after one was there must find that one or a later one, whole.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task WhatWasThereBeforeAScanIsFoundWhileOthersAreWritten(int helpers)
    {
        const int Dimensions = 64;
        using var matrix = new EncodingMatrix(Dimensions);
        float[] row = new float[Dimensions];
        for (int i = 0; i < 33_000; i++)
        {
            matrix.Add(row);
        }

        float[] probe = [.. Enumerable.Repeat(1f, Dimensions)];
        int written = 0;
        Task readers = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            // At least two hundred scans, and as many as it takes that rows were written during some.
            for (int scans = 0; scans < 200 || Volatile.Read(ref written) < 200; scans++)
            {
                int before = Volatile.Read(ref written);
                BestRow best = matrix.FindBest(probe, helpers);
                Assert.InRange(best.Similarity, before * Dimensions, (Volatile.Read(ref written) + 1) * Dimensions);
                Assert.Equal(0, best.Similarity % Dimensions);
            }
        })));
        var random = new Random(3);
        for (int i = 1; !readers.IsCompleted; i++)
        {
            Array.Fill(row, i);
            matrix.Replace(random.Next(33_000), row);
            Volatile.Write(ref written, i);
            Thread.SpinWait(2000);
        }

        await readers;
    }

    private static unsafe void AnswersLikeAFullScan(Case example)
    {
        var random = new Random(example.Seed);
        using var matrix = new EncodingMatrix(example.Dimensions);
        float[][] rows = Rows(example, random);
        foreach (float[] row in rows)
        {
            matrix.Add(row);
        }

        for (int change = 0; change < 5; change++)
        {
            float[] probe = Probe(example, rows, random);
            (int best, double score) = (-1, double.NegativeInfinity);
            for (int row = 0; row < rows.Length; row++)
            {
                double sum = 0;
                double magnitudes = 0;
                for (int i = 0; i < probe.Length; i++)
                {
                    sum += (double)rows[row][i] * probe[i];
                    magnitudes += Math.Abs((double)rows[row][i] * probe[i]);
                }

                fixed (float* a = rows[row], b = probe)
                {
                    // The scalar sum differs from ours in its order only; which of two rows is the better is asked of ours.
                    double ours = DotProduct.OfFloats(a, b, probe.Length);
                    Assert.Equal(sum, ours, magnitudes * 1e-13);
                    if (ours > score)
                    {
                        (best, score) = (row, ours);
                    }
                }
            }

            BestRow found = matrix.FindBest(probe);
            Assert.Equal((best, (float)score), (found.Row, found.Similarity));
            Assert.Equal(found.Similarity, matrix.Score(found.Row, probe));

            // Then with a row replaced and one zeroed.
            int replaced = random.Next(rows.Length);
            rows[replaced] = Fill(example.Kind, example.Dimensions, random);
            matrix.Replace(replaced, rows[replaced]);
            int removed = random.Next(rows.Length);
            rows[removed] = new float[example.Dimensions];
            matrix.Replace(removed, rows[removed]);
        }
    }

    private static void IsBounded(Case example)
    {
        var random = new Random(example.Seed);
        float[][] rows = Rows(example, random);
        float[] probe = Probe(example, rows, random);
        int coded = NibbleCode.CodedLength(example.Dimensions);
        var levels = new sbyte[NibbleCode.Vectors(coded) * 32];
        var code = new byte[NibbleCode.Vectors(coded) * 16];
        double probeScale = NibbleCode.EncodeProbe(probe, levels, out float probeNorm, out float probeResidual);
        foreach (float[] row in rows)
        {
            double scale = NibbleCode.Encode(row, code, out float norm, out float residual);
            double difference = 0;
            for (int i = 0; i < coded; i++)
            {
                byte pair = code[(i / 32 * 16) + (i % 16)];
                difference += ((double)row[i] * probe[i]) - (scale * ((i % 32 < 16 ? pair & 15 : pair >> 4) - 7.5) * probeScale * levels[i]);
            }

            double bound = ((double)residual * probeNorm) + ((double)norm * probeResidual);
            Assert.False(Math.Abs(difference) > bound, $"{difference} is over {bound}");
        }
    }

    private static float[][] Rows(Case example, Random random)
    {
        float[][] rows = [.. Enumerable.Range(0, example.Rows).Select(_ => Fill(example.Kind, example.Dimensions, random))];
        for (int i = 1; i < rows.Length; i++)
        {
            switch (example.Kind)
            {
                case Kind.Crowded:
                    rows[i] = [.. rows[0].Select(value => value + (float)(1e-3 * (random.NextDouble() - 0.5)))];
                    break;
                case Kind.Duplicates when random.Next(3) > 0:
                    rows[i] = [.. rows[random.Next(i)]];
                    break;
                case Kind.OneBitApart:
                    rows[i] = [.. rows[0]];
                    int bit = random.Next(example.Dimensions);
                    rows[i][bit] = random.Next(2) == 0 ? MathF.BitIncrement(rows[i][bit]) : MathF.BitDecrement(rows[i][bit]);
                    break;
                case Kind.ManyZero when random.Next(4) > 0:
                    Array.Clear(rows[i]);
                    break;
                default:
                    break;
            }
        }

        return rows;
    }

    private static float[] Probe(Case example, float[][] rows, Random random)
    {
        float[] probe = random.Next(2) == 0 ? [.. rows[random.Next(rows.Length)]] : Fill(example.Kind, example.Dimensions, random);
        switch (example.Kind)
        {
            case Kind.Euclidean:
                probe[^1] = 1;
                break;
            case Kind.AllNegative:
                probe = [.. probe.Select(value => -value)];
                break;
            default:
                break;
        }

        return probe;
    }

    private static float[] Fill(Kind kind, int dimensions, Random random)
    {
        var row = new float[dimensions];
        double scale = kind switch
        {
            Kind.Scales => Math.Pow(10, random.Next(-6, 7)),
            Kind.Extremes => Math.Pow(10, random.Next(-44, 38)),
            _ => 1 / Math.Sqrt(dimensions),
        };
        for (int i = 0; i < dimensions; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            row[i] = kind switch
            {
                Kind.Sparse => random.Next(dimensions) < 2 ? (float)normal : 0,
                Kind.Extremes => (float)(normal * scale * Math.Pow(10, random.Next(-3, 1))),
                Kind.AllNegative => (float)Math.Abs(normal * scale),
                Kind.Whole => random.Next(-3, 4),
                _ => (float)(normal * scale),
            };
        }

        if (kind == Kind.Euclidean)
        {
            row[^1] = (float)(-0.5 * row[..^1].Sum(static value => (double)value * value));
        }

        return row;
    }

    /// <summary>One example; printed when it fails.</summary>
    public sealed record Case(Kind Kind, int Dimensions, int Rows, int Seed);
}
