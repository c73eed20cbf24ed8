// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Virtual calls, type information, closures and smart pointers on objects that other threads made.
#include <functional>
#include <memory>
#include <typeinfo>
#include <vector>
#include "check.h"

struct Shape {
	virtual double area() const = 0;
	virtual ~Shape() = default;
};
struct Square : Shape {
	double side;
	explicit Square(double side) : side(side) {}
	double area() const override { return side * side; }
};
struct Triangle : Shape {
	double area() const override { return 0.5; }
};

int main()
{
	std::vector<std::unique_ptr<Shape>> shapes(40);
	std::vector<std::function<int(int)>> closures(4);
	auto shared = std::make_shared<int>(7);
	double sum = 0;
	int squares = 0;

#pragma omp parallel for schedule(static, 1)
	for (int i = 0; i < 40; i++)
		if (i % 2)
			shapes[i] = std::make_unique<Square>(i);
		else
			shapes[i] = std::make_unique<Triangle>();
#pragma omp parallel for schedule(static, 3) reduction(+ : sum, squares)
	for (int i = 0; i < 40; i++) {
		sum += shapes[i]->area() + SOUND(0, 1);
		squares += typeid(*shapes[i]) == typeid(Square) && dynamic_cast<Square *>(shapes[i].get());
	}
	CHECK(sum == 10660 + 10 && squares == 20);
#pragma omp parallel
	{
		int me = omp_get_thread_num();
		std::shared_ptr<int> own = shared;
		std::vector<int> captured(50, me);

		closures[me] = [captured, own](int add) { return captured[49] + *own + add; };
#pragma omp barrier
		CHECK(closures[(me + 1) % 4](100) == (me + 1) % 4 + 107);
		for (int i = 0; i < 1000; i++)
			std::shared_ptr<int> copy = shared;
	}
	closures.clear();
	CHECK(shared.use_count() == 1);
	return checked();
}
